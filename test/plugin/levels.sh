#!/bin/sh
# The corpora at all levels of optimisation.
#
# SPDX-License-Identifier: MIT
export MOAT_PLUGIN_SWEEP=1
exec /usr/bin/python3 -B -m pytest -q -p no:cacheprovider -c test/pytest.ini test/plugin/test_corpus.py
