"""Rules that only a draft without references needs; all others are those of the story, from story/rules."""

from __future__ import annotations

from dateline.story.fault import Level, Rule

BOUND = Rule(
    code="bound-dropped",
    name="a number without its “more than”, “about” or “at most”, or with another",
    level=Level.BLOCK,
    why="“More than 10,000” and “10,000” are two statements; so are “as many as 8,000” and “8,000”. The word is "
    "half of what was said.",
    do="Put the bound back as the record has it.",
)
BOUND_IN_TITLE = Rule(
    code="bound-in-title",
    name="a headline without the “more than” of its number",
    level=Level.SIGN_OFF,
    why="Headlines are all that most people read; short ones drop the word first.",
    do="Keep the bound, or sign that the first paragraph says it.",
)
UNIT = Rule(
    code="unit-differs",
    name="the right number in another unit",
    level=Level.BLOCK,
    why="Tonnes and kilotonnes, kilometres and miles, per cent and percentage points: the digits survive, the amount "
    "does not.",
    do="Write the record's own unit, or convert the number.",
)
SPEAKER = Rule(
    code="speaker-differs",
    name="words or a number given to somebody else",
    level=Level.BLOCK,
    why="Who said it is most of what a statement is worth; from page to page it is the first thing to change.",
    do="Name whoever said it, by the record.",
)
NAMESAKE = Rule(
    code="namesake",
    name="a name of several places",
    level=Level.NOTE,
    why="A name is not a location. Two villages of one name have put stories hundreds of kilometres off.",
    do="Say which one: the region, or how far from what.",
)
UNTRACED_PLACE = Rule(
    code="untraced-place",
    name="a place that the case does not have",
    level=Level.NOTE,
    why="Nothing in the case vouches for what is told of it.",
    do="See that the sentence needs no source for it; otherwise add the place, or take it out.",
)
OTHER_PLACE = Rule(
    code="place-beside",
    name="a place of the case that the record does not speak of",
    level=Level.NOTE,
    why="The sentence names the record's place and another one; which of them the number belongs to is for its reader.",
    do="Read whether the sentence can be understood of the wrong one.",
)
UNTRACED_QUOTE = Rule(
    code="untraced-quote",
    name="a quotation that no record has",
    level=Level.BLOCK,
    why="Between quotation marks stand somebody's own words. Nobody here has them.",
    do="Write the words into the record of whoever said them, with the page; or take the quotation marks away.",
)
SHORT_QUOTE = Rule(
    code="short-quote",
    name="a word or two in quotation marks",
    level=Level.NOTE,
    why="A title, a term, or somebody's word: no record has it, and a reader cannot tell which it is.",
    do="If it is somebody's word, say whose; if it is yours, take the marks away.",
)
UNTRACED_DISTANCE = Rule(
    code="untraced-distance",
    name="a distance that could not be measured",
    level=Level.BLOCK,
    why="One of its ends is not known, or not told; or it was told by road.",
    do="Name both ends, and say how it was measured; measure it with the method distance.",
)
SIMULATED = Rule(
    code="simulated-untold",
    name="a simulated number, and the draft does not say so",
    level=Level.SIGN_OFF,
    why="An invented number that is told like a measured one is a forgery as soon as somebody copies the sentence.",
    do="Say in the text that it is an exercise and that its data are simulated.",
)
HEDGE = Rule(
    code="hedge-dropped",
    name="an estimate told without its doubt",
    level=Level.SIGN_OFF,
    why="“Could range”, “likely”, “we assess” is what the speaker said; without it they said more.",
    do="Keep a word of doubt, the speaker's own if it fits; or sign that the sentence carries it otherwise.",
)
