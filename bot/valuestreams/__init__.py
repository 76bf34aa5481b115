"""Value streams: which customer, out there, a system, a channel or a team serves, and who to talk to.

catalogue.py       the entries as the rest of the feature knows them
catalogue_file.py  the YAML a catalogue is written in, with file:line errors
catalogue_rows.py  entries to rows and back
importing.py       what a re-import changes, and changing it
figures.py         times, totals, the bottleneck
folding.py         words made comparable
index.py           every name and description of one catalogue, ready to be searched
matching.py        words, mentions, a channel -> ranked entries, each with why
lookup.py          ranked entries -> an answer: one stream, several, a choice, or an honest miss
misses.py          what members look for and nobody has recorded
service.py         a lookup in the database; the customer of a channel
blocks.py          Slack out        listeners.py  Slack in
samples/           a catalogue of a believable organisation
"""
