"""Digests: weeks in figures, of a channel, a group of channels or the workspace; asked for, and delivered once.

Figures, pure but for the last three::

    scope          what a digest is about
    statistics     what small counts can honestly say; chances, the tails it needs; movement, whether weeks differ
    suppression    which parts of a total must be withheld; parts, what the others then come to
    figures        weeks as they may be shown
    summary        one channel's tallies by author to such figures; spread, several channels'; nudge_figures
    week_counts    weekly counts, kept up to date from the messages
    week_statements  the SQL that makes them
    week_rows      those counts as tallies
    service        the figures of a scope

Words and pictures, pure::

    wording        figures to sentences: headline, paragraphs, comparing, notes, advice; phrases, how they are written
    blocks         sentences to Block Kit; page, to HTML
    chart          the last weeks as a chart; drawing, its picture; pictures, bringing that to Slack

Who gets which, and when::

    schedule       when a digest is due, and about which weeks; zones and times, as people mean them
    subscriptions  who asked for which digest
    request        the words of a command to a request (verbs, its first); commands and replies, what is answered;
                   places, how it is said
    window         the window that sets one; setting, its listeners; listing and listed, the digests there are
    asking         who may ask for what; access, what a digest may tell where it goes
    listeners      the buttons and the window; questions and question_listeners, *Question a figure*

Each one's way::

    planning       as rows: what is due; runs, claimed, frozen, settled
    rendering      figures, words and blocks together; payloads, what is frozen, and how it gets plainer
    delivery       the rows and Slack; looking, for a post that was never answered
"""
