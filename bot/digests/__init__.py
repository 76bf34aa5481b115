"""Digests: a channel's week in figures, asked for by its members, delivered once.

schedule      when a digest is due, and which week it is about
statistics    what small counts can honestly say
figures       a week as it may be shown
summary       tallies by author to such figures
service       the tallies, from the tables
wording       figures to sentences; advice, the one thing to try
blocks        sentences to Block Kit
request       the words of a command to a request; zones, the time zone they mean
subscriptions who asked for which digest
runs          each digest's way to its channel, as rows
rendering     figures, words and blocks together, as they are frozen
delivery      the rows and Slack; refusals, what Slack meant by an error
listeners     `/fairview digest`
"""
