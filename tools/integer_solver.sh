#!/bin/sh
# Decide a query of halmos over integers, where bit vectors are hopeless (division): integer_solver.sh QUERY
# The first query of a path leaves divisions open, and z3's integers crash on models of that; a bit-vector solver takes it.
set -eu

case $1 in
    *.refined.smt2) exec z3 sat.smt=true smt.bv.solver=2 tactic.default_tactic=smt "$1" ;;
    *) exec yices-smt2 --bvconst-in-decimal "$1" ;;
esac
