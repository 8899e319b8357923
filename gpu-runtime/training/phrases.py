"""The published vocabulary: nouns, adjectives and phrases that mean a value, words that carry nothing, and words that are known to be strangers.

In a phrase, words in (brackets) are filler; the others are tagged with the attribute that they speak of. No word here means two values by itself.
"""

NOUNS = {                                               # used after an article or alone
    ("biome", "meadow"): "meadow meadows grassland grasslands field fields pasture countryside prairie hills hillside farmland village grass steppe savanna plains",
    ("biome", "forest"): "forest forests woods woodland trees pines firs taiga wood jungle rainforest grove",
    ("biome", "desert"): "desert deserts dunes sand sahara dune sands canyon mesa",
    ("biome", "mountains"): "mountains mountain peaks alps summit highlands peak hilltops summits cliffs himalayas",
    ("biome", "sea"): "sea ocean coast waves seaside water shore beach bay lake seas harbour harbor",
    ("biome", "city"): "city town downtown skyline streets skyscrapers metropolis buildings street towers cities",
    ("time", "dawn"): "dawn sunrise daybreak morning",
    ("time", "day"): "day daytime noon midday afternoon daylight",
    ("time", "sunset"): "sunset dusk evening twilight sundown",
    ("time", "night"): "night midnight nighttime darkness moonlight moon stars nightfall",
    ("weather", "rain"): "rain rainstorm downpour drizzle shower storm thunderstorm showers",
    ("weather", "snow"): "snow snowfall blizzard snowflakes snowstorm winter flurries",
    ("weather", "fog"): "fog mist haze clouds",
    ("subject", "train"): "train locomotive railway trains tram railroad",
    ("subject", "car"): "car automobile taxi vehicle cab cars truck van",
    ("subject", "bus"): "bus buses coach minibus omnibus autobus",
    ("subject", "balloon"): "balloon balloons airship zeppelin blimp",
    ("subject", "boat"): "boat ship sailboat yacht boats sail ships ferry",
    ("subject", "airplane"): "airplane plane aeroplane jet aircraft planes airliner airplanes",
    ("subject", "bird"): "bird birds seagull gull eagle crow hawk goose geese swan stork falcon",
    ("subject", "horse"): "horse horses pony stallion mare mustang foal ponies",
}
ADJECTIVES = {                                          # before a noun, or after "make it"
    ("weather", "rain"): "rainy stormy wet", ("weather", "snow"): "snowy snow-covered wintry frozen icy", ("weather", "fog"): "foggy misty hazy cloudy overcast",
    ("weather", "clear"): "clear cloudless dry", ("time", "night"): "dark nocturnal moonlit starry", ("time", "day"): "bright sunlit",
    ("biome", "mountains"): "mountainous alpine", ("biome", "city"): "urban", ("biome", "forest"): "wooded forested", ("biome", "meadow"): "grassy rural", ("biome", "desert"): "sandy",
    ("speed", "slow"): "slow leisurely", ("speed", "fast"): "fast rapid quick speedy racing swift",
    ("style", "natural"): "realistic photorealistic natural lifelike", ("style", "ink"): "ink inky monochrome", ("style", "neon"): "neon cyberpunk synthwave", ("style", "pastel"): "pastel watercolour watercolor",
}
STYLE_NOUNS = {                                         # "in ...", "... style", "make it ..."
    "natural": "realistic photorealistic natural lifelike", "ink": "ink monochrome grayscale greyscale", "neon": "neon cyberpunk synthwave retrowave", "pastel": "pastel pastels watercolour watercolor watercolours",
}
PHRASES = {
    ("time", "dawn"): ["(the) sun rises", "(the) sun (is) rising", "(the) sun comes up", "early (in the) morning", "first light", "sunrise", "(the) night ends", "(it) dawns", "(a new) day begins",
                       "day breaks", "(the) morning comes", "rising sun"],
    ("time", "day"): ["(by) day", "broad daylight", "(it is) daytime", "(make it) day", "(the) day comes", "(it) gets bright", "(let it be) day", "lighter", "(at) noon", "(in the) afternoon"],
    ("time", "sunset"): ["(the) sun sets", "(the) sun (is) setting", "(the) sun goes down", "golden hour", "dusk falls", "evening comes", "(at) dusk", "setting sun", "(in the) evening"],
    ("time", "night"): ["night falls", "(it) gets dark", "(it) becomes dark", "(make it) night", "(at) night", "(by) night", "(under the) stars", "(let it be) night", "darkness falls", "(the) moon rises",
                        "(in the) dark", "darker", "(late at) night", "starry sky", "night sky", "(under a) starry sky"],
    ("weather", "clear"): ["clear sky", "clear skies", "(the) fog lifts", "(the) fog clears", "(it) stops raining", "(it) stops snowing", "good weather", "(the) sky clears", "(the) weather clears",
                           "clear weather", "(the) storm passes", "(the) mist lifts", "(the) clouds part", "nice weather", "fair weather", "(the) snow melts", "blue sky", "blue skies", "(it) clears up",
                           "cloudless sky", "not raining", "not snowing", "stopped raining", "stopped snowing"],
    ("weather", "rain"): ["(it) starts (to) rain", "(it) begins (to) rain", "(it is) raining", "(it) rains", "heavy rain", "light rain", "rain falls", "rain (is) falling", "(a) storm comes", "pouring rain",
                          "(let it) rain", "(make it) rain", "(in the) rain", "(it's) raining", "raining", "starts raining", "rain clouds"],
    ("weather", "snow"): ["(it) starts (to) snow", "(it) begins (to) snow", "(it is) snowing", "(it) snows", "snow falls", "snow (is) falling", "(let it) snow", "(make it) snow", "falling snow", "heavy snow",
                          "light snow", "(in the) snow", "(it's) snowing", "snowing", "winter comes", "starts snowing"],
    ("weather", "fog"): ["fog rolls in", "(it) becomes foggy", "(it) gets foggy", "(a) mist rises", "thick fog", "(in the) fog", "fog comes up", "(in the) mist", "(make it) foggy", "dense fog", "cloudy sky"],
    ("subject", "none"): ["nothing else", "no subject", "nobody", "empty landscape", "just (the) landscape", "no vehicles", "only (the) landscape", "nothing", "no animals", "(the) train (has) left", "no one"],
    ("subject", "train"): ["by train", "train ride", "(on a) train", "steam train", "express train"],
    ("subject", "car"): ["driving (a) car", "by car", "driving", "trip", "sports car"],
    ("subject", "bus"): ["by bus", "bus ride", "(on a) bus", "school bus", "double decker bus"],
    ("subject", "balloon"): ["hot air balloon", "ballooning", "hot air balloons"],
    ("subject", "boat"): ["sailing boat", "(a) white sail", "sailing", "by boat", "fishing boat", "sailing ship"],
    ("subject", "airplane"): ["by plane", "(in a) plane", "flying (by) plane", "passenger jet"],
    ("subject", "bird"): ["flock (of) birds", "flying bird", "bird (in the) sky", "wings flapping"],
    ("subject", "horse"): ["galloping", "wild horse", "galloping horse", "riding (a) horse", "on horseback", "running horse", "wild horses"],
    ("speed", "slow"): ["slow", "slowly", "slower", "slow down", "slow speed", "(at a) slow (pace)", "(at) low speed", "crawl", "take (it) easy", "leisurely", "slow motion", "very slow", "less speed"],
    ("speed", "medium"): ["medium speed", "normal speed", "moderate speed", "steady", "(at) medium speed", "cruising", "medium", "moderately", "average speed", "(at a) steady (pace)", "(at a) normal (pace)"],
    ("speed", "fast"): ["fast", "faster", "speed up", "full speed", "quickly", "quick", "high speed", "hurry", "(at) top speed", "rush", "rapidly", "(go) faster", "accelerate", "racing", "swiftly", "very fast",
                        "more speed", "(at) great speed"],
    ("style", "natural"): ["natural colours", "natural colors", "natural style", "realistic style", "normal look", "normal colours", "normal colors", "real colours", "natural look", "(like a) photo", "no style",
                           "realistic colours", "true colours", "no neon", "no ink", "without neon", "without ink", "no pastel", "(as a) photograph", "normal style", "(in) natural colours", "plain style"],
    ("style", "ink"): ["(in) ink", "ink style", "ink drawing", "ink painting", "(like an) ink painting", "black (and) white", "black ink", "ink wash", "ink sketch", "pen (and) ink", "drawn (in) ink",
                       "(as an) ink drawing", "brush (and) ink", "(in) black (and) white", "pencil sketch", "pencil drawing"],
    ("style", "neon"): ["neon style", "neon lights", "neon colours", "neon colors", "(in) neon", "glowing neon", "neon look", "cyberpunk style", "glowing colours", "neon glow", "(like) cyberpunk", "neon signs"],
    ("style", "pastel"): ["pastel style", "pastel colours", "pastel colors", "soft pastel colours", "(in) pastel", "(in) pastels", "soft colours", "soft colors", "pastel tones", "pale colours", "pastel look",
                          "(like a) watercolour", "soft tones", "pastel painting", "soft pastel", "(a) watercolour painting"],
}
HEADINGS = ["(to the) {}", "(go) {}", "(going) {}", "heading {}", "head {}", "{}wards", "{}ward", "turn {}", "turning {}", "(move) {}", "(moving) {}", "(moving to the) {}", "towards (the) {}", "(travel) {}",
            "(travelling) {}", "(drive) {}", "(fly) {}", "(flying to the) {}", "(running) {}", "facing {}", "{}", "(go to the) {}", "keep {}", "steer {}", "{}bound", "{} direction", "(in) direction {}",
            "(to the) {} side", "(to) {}", "towards (the) {} side", "scroll {}", "scrolling {}", "{} please"]
BEARINGS = ["{}", "{}ward", "{}wards", "heading {}", "(go) {}", "(to the) {}", "{}bound", "(travelling) {}", "(going) {}", "towards (the) {}"]
for _side, _bearing, _other, _away in (("right", "east", "left", "west"), ("left", "west", "right", "east")):
    PHRASES["direction", _side] = [p.format(_side) for p in HEADINGS] + [p.format(_bearing) for p in BEARINGS] + [
        f"(from) {_other} (to) {_side}", f"{_other} (to) {_side}", f"(from the) {_other} (to the) {_side}", f"(from) {_away} (to) {_bearing}"]

SUNNY = ["sunny", "sunshine", "(the) sun shines", "(make it) sunny", "bright sunshine", "sunny day", "(the) sun (is) shining"]      # clear, by day
COLOURS = {"red": ["train", "balloon"], "yellow": ["car"], "blue": ["bus"], "white": ["boat", "airplane"], "brown": ["horse"], "green": [], "black": [], "orange": [], "grey": []}   # what is painted so; else not understood
VERBS = ("passes passing crosses crossing moves moving travels travelling traveling drifts drifting floats floating glides gliding flies flying soars soaring sails sailing rides riding drives driving runs "
         "running gallops galloping trots trotting rolls rolling goes going comes coming appears appearing wanders wandering chugs rumbling flaps hovering heads arrives").split()     # said of a subject that is named
PACES = {"slow": "crawls crawling strolls strolling creeps creeping ambles dawdling".split(), "medium": "cruises cruising".split(),
         "fast": "races racing rushes rushing speeds speeding hurries hurrying dashes dashing zooms zooming".split()}
ALONG = "over above by on past around through along across under in near".split()
GONE = ["no {}", "without (a) {}", "without (the) {}", "without {}", "remove (the) {}", "(the) {} leaves", "(the) {} disappears", "(the) {} vanishes", "(the) {} (is) gone", "(the) {} goes away", "hide (the) {}",
        "take (the) {} away", "get rid (of the) {}", "no more {}", "delete (the) {}", "not (a) {}"]
STOPPED = ["no {}", "no more {}", "without {}", "(the) {} stops", "{} stops", "stop (the) {}", "(the) {} ends", "(the) {} (is) over", "without (the) {}", "remove (the) {}", "(the) {} goes away", "(the) {} disappears",
           "end (the) {}", "enough {}", "(the) {} (has) stopped"]
TRICKS = [                                              # look like something and are not; (words) are filler, the others unknown
    "turn around", "(the) other way", "reverse", "go back", "(go) backwards", "opposite direction", "(right now)", "(right away)",  "(right here)", "(flying over)", "(flying above)",
    "(drifts by)", "(drifting by)", "(passing by)", "stop", "halt", "stand still", "(floating)", "(moving on)", "(crossing)", "(gliding over)", "(soaring above)", "(flies over)", "(riding through)", "(running along)",
    "(a) rainbow", "(a) snowman", "(a) sandstorm", "(a) sandcastle", "(a) skateboard", "(a) snowboard", "(the) carpet", "(a) raincoat", "(a) starfish", "(a) waterfall", "(the) river", "(in) summer", "(in) autumn",
    "(in) spring", "(a) moonwalk", "(a) birdhouse", "(a) seahorse", "(a) carnival", "(a) trainer", "(the) business", "(a) boathouse", "(the) weekend", "(a) nightmare", "(a) daydream", "(an) airport", "(the) colours",
    "(more colours)", "(the sky)", "(in the sky)", "(on the road)", "(on the ground)", "(the landscape)", "(a picture)", "(the style)", "(the speed)", "(the weather)", "(the light)", "(the sun)", "(the time)"]
STRANGERS = ("dragon wizard castle pizza robot unicorn cat dog cow elephant tiger lion monkey fish whale dolphin shark person man woman child girl boy king queen princess knight soldier monster zombie "
             "ghost vampire alien spaceship rocket planet galaxy computer phone keyboard music song guitar piano drum violin book table chair lamp sofa kitchen bathroom window door banana apple cheese "
             "bread chocolate coffee beer wine football tennis basketball bicycle motorcycle helicopter submarine tank gun sword explosion fire volcano earthquake tornado lava diamond gold money bank "
             "hospital school church temple pyramid statue museum library garden flower rose tulip butterfly spider snake frog turtle dinosaur penguin bear wolf fox rabbit mouse hat shoe shirt dress "
             "jacket glasses ring clown circus party birthday wedding dance heart angel devil purple pink cube sphere triangle cartoon anime pixel cinematic portrait face hands laser hologram "
             "steampunk medieval samurai ninja pirate mermaid fairy giant goblin orc elf dwarf troll potion magic spell crystal quantum neural president actor bottle spoon fork knife plate cup "
             "umbrella backpack suitcase paper sculpture clock mirror curtain pillow blanket bathtub toilet shampoo scissors hammer nail screw house bridge river waterfall cave island tunnel farm "
             "factory market restaurant hotel prison palace tent camp fence wall roof garage mill barn desk pen radio television internet game puzzle doll toy kite swing slide zoo park stadium gym "
             "office bedroom lipstick hair beard eye nose mouth ear arm leg finger blood bone skull brain doctor nurse teacher student farmer pilot sailor chef artist dancer singer banker lawyer police "
             "thief judge sheep pig goat chicken duck donkey camel deer moose squirrel bee ant bat owl parrot lizard crocodile hippo giraffe zebra gorilla oil steel copper silver glass plastic wooden "
             "metal summer autumn spring rainbow lightning hurricane wind warm cold hot violet turquoise cubist baroque gothic futuristic vintage retro surreal abstract minimalist lego origami mosaic "
             "graffiti impressionist romantic scary funny crazy sad happy angry").split()
COMMON = ("love movie road watch camera a an the of in on at to with and or is are was were be been being it its this that these those there here we you they he she i me my mine us our your their them him her very so too also just only even "
          "some any all both each every few more most other another such own same than then now later soon again once always never ever often will would can could shall should may might must do does did done "
          "have has had having get gets got give gives gave take takes took make makes made let lets want wants wanted need like likes liked see sees seen saw look looks looking show shows shown tell say says "
          "put puts keep keeps try use using think know feel find turn into for from by as over under through across along near next beside between behind above below around about against during before after while "
          "until since because if though but yet not up down out off away back when where why how what which who whose please thanks thank hello hi hey ok okay yes well really quite rather almost maybe perhaps "
          "scene view beautiful nice pretty quiet calm peaceful lovely great good big large small little tiny huge long short tall wide old new young lonely single lone one two three several many lot lots bit piece "
          "landscape world video image picture pictures clip film background foreground scenery place places thing things way side front top bottom middle end edge line part kind sort sky ground air land "
          "somewhere anywhere everything everywhere something today tonight's tomorrow yesterday moment minute second hour time times speed weather light colours colors style mood atmosphere feeling pass past toward "
          "towards upon within onto begins begin started start starting become becomes becoming change changes changing switch add adds bring brings imagine can't don't i'm i'd it's let's that's there's we're "
          "should've gently softly endless endlessly far distant close high low deep wild open vast whole full inside outside direction set sets setting want's wish hope dream shot shots landscape's beyond").split()
