"""The REST interface, `/api/v1`: one module a resource, all answers in one form, all of it in the OpenAPI document.

Not its job: pages (`registrum.web.pages`), reading and judging (`registrum.index`), sending (`registrum.web.relay`).
"""
