"""How training's sentences are put together: what stands before, between and around the words of phrases.py. {} are words that mean something, the rest is
filler. heldout_sentences.py has its own frames, which are not here.
"""
PLACES = "in in in the|in a|across|across the|over the|over|through the|through a|into the|to the|along the|on the|near the|towards the|at the|past the|by the|under|above the|around the|of the|of a|from the|a|the|some|".split("|")
SHIFTS = ["make it", "it is", "it gets", "it becomes", "let it be", "turn it", "very", "more", "a bit", "make it more", "make everything", "now it is", "it should be", "i want it", "make the sky", "", ""]
LEADS = ["please", "make it", "now", "i want", "show me", "can you show", "could we have", "let there be", "turn it into", "change to", "switch to", "give us", "there is", "add", "we see", "let's have", "how about",
         "then", "and now", "suddenly", "let it be", "imagine", "a picture of", "a video of", "it is", "i would like", "let us see", "please make it", "can we get", "we reach", "we enter", "go to", "take me to", "put", "bring", "look at", "let us look at", "i like to look at", "have a look at", "it looks like", "the look of"]
JOINS = [", ", " and ", ", then ", " then ", ". ", "; ", " with ", " ", " ", ", and ", " but ", ", now ", " while ", " and then ", ", later ", " before ", " - ", ": ", " in ", " as ", " when ", " where ", " / "]
ENDS = ["please", "now", "thanks", "again", "for me", "!", ".", "today", "in the picture", "if you can", "right now", "here"]
TAILS = {
    "time": ["at {}", "in the {}", "by {}", "at the {}", "during the {}", "{}", "{} time", "under the {}", "of the {}", "before {}", "this {}", "in {}", "all {}"],
    "weather": ["in the {}", "in {}", "with {}", "under {}", "through the {}", "{}", "and {}", "with some {}", "in heavy {}", "with light {}", "in a {}", "covered in {}", "{} all around", "{} everywhere"],
    "subject": ["with a {}", "and a {}", "with the {}", "a {}", "where a {} passes", "with {}", "the {}", "and one {}", "with a {} in it", "as a {} passes by", "seen from a {}", "{}"],
    "style": ["in {}", "in {} style", "{} style", "as {}", "{} look", "in a {} style", "painted in {}", "in {} colours", "{}", "like {}", "drawn in {}", "in the style of {}"],
}
SWAPS = ["from {} to {}", "from the {} to the {}", "from the {} into the {}", "the {} turns into {}", "{} becomes {}", "change the {} to {}", "replace the {} with a {}", "not {} but {}", "turn the {} into a {}",
         "first {} then {}", "{} then {}", "swap the {} for a {}", "leave the {} for the {}", "after the {} comes the {}", "the {} becomes a {}"]
INSTEAD = ["{} instead of {}", "a {} instead of the {}", "{} rather than {}", "a {} and not a {}", "{} not {}"]
