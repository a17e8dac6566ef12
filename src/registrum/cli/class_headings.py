"""What the classes of trade marks and designs are about, in a few words each.

Shortened from the class headings of the Nice Classification (12th edition) and of the Locarno Classification (14th
edition), for people who look at an entry; what a class contains only the classifications themselves say.

Not its job: which classes there are (`registrum.rights.values`).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from registrum.numbers import Right

__all__ = ["classification", "heading"]

_NICE: Final = (
    "chemicals for industry, science and agriculture",
    "paints, varnishes, preservatives",
    "cosmetics, cleaning and laundry preparations",
    "industrial oils and greases, fuels, candles",
    "pharmaceutical, veterinary and dietetic preparations",
    "common metals and goods of them",
    "machines, motors, machine tools",
    "hand tools, cutlery, razors",
    "scientific and electric apparatus, computers, software",
    "surgical, medical and veterinary apparatus",
    "apparatus for lighting, heating, cooling, cooking",
    "vehicles",
    "firearms, explosives, fireworks",
    "precious metals, jewellery, clocks",
    "musical instruments",
    "paper, printed matter, office requisites",
    "rubber, plastics in extruded form, insulation",
    "leather, luggage, umbrellas, saddlery",
    "building materials, not of metal",
    "furniture, containers not of metal",
    "household utensils, glassware, brushes",
    "ropes, nets, tents, sails, raw textile fibres",
    "yarns and threads",
    "textiles, household linen",
    "clothing, footwear, headwear",
    "lace, ribbons, buttons, haberdashery",
    "carpets, floor and wall coverings",
    "games, toys, sporting articles",
    "meat, fish, dairy products, preserved foods",
    "coffee, tea, cereals, bread, confectionery",
    "raw agricultural products, live animals, seeds",
    "beers, non-alcoholic beverages",
    "alcoholic beverages, except beers",
    "tobacco, smokers' articles",
    "advertising, business management, retail",
    "financial, monetary and insurance services, real estate",
    "construction, installation, repair, mining",
    "telecommunications",
    "transport, storage, travel",
    "treatment of materials, recycling, printing",
    "education, entertainment, sport, culture",
    "scientific, technological and design services, software",
    "food and drink, temporary accommodation",
    "medical, veterinary, beauty and agricultural services",
    "legal, security and personal services",
)
_LOCARNO: Final = (
    "foodstuffs",
    "articles of clothing, haberdashery",
    "travel goods, cases, parasols, personal belongings",
    "brushware",
    "textile piecegoods, sheet material",
    "furnishing",
    "household goods",
    "tools and hardware",
    "packaging and containers",
    "clocks, watches, measuring and signalling instruments",
    "articles of adornment",
    "means of transport or hoisting",
    "equipment for electricity",
    "recording, telecommunication and data processing equipment",
    "machines",
    "photographic, cinematographic and optical apparatus",
    "musical instruments",
    "printing and office machinery",
    "stationery, office equipment, artists' materials",
    "sales and advertising equipment, signs",
    "games, toys, tents, sports goods",
    "arms, articles for hunting and fishing",
    "fluid distribution, sanitary, heating, ventilation",
    "medical and laboratory equipment",
    "building units and construction elements",
    "lighting apparatus",
    "tobacco and smokers' supplies",
    "pharmaceutical and cosmetic products, toilet articles",
    "devices against fire, accidents and for rescue",
    "articles for the care of animals",
    "machines for preparing food or drink",
    "graphic symbols, logos, surface patterns, ornamentation",
)
_HEADINGS: Final = MappingProxyType({Right.TRADEMARK: _NICE, Right.DESIGN: _LOCARNO})


def classification(right: Right) -> str:
    """Name of the classification of a right: `Nice` or `Locarno`."""
    return "Nice" if right is Right.TRADEMARK else "Locarno"


def heading(right: Right, number: int) -> str:
    """What a class is about.

    Args:
        right: Trade mark or design.
        number: One of its classes, from 1.
    """
    return _HEADINGS[right][number - 1]
