"""The embedded world: an endless landscape that scrolls by, drawn from a few smooth functions.

A frame is a function of (place along the road, clocks, attributes); nothing is stored. A clip is a stretch of the world at a random place and
moment, or it begins, as streams do, at the beginning of the road with all clocks at nothing. A landscape that a change brings is entered at its beginning, too, and
rain, snow and subjects begin when they come: so what a change shows follows from the change alone, and nothing has to be guessed, which would be seen as blur. All shapes are soft and large on purpose: what is smaller than about four pixels at 320x192 does not survive a 16x16x4
autoencoder. paint.py has the brushes, landscapes.py, subjects.py and weather.py what is painted.
"""
import torch
import torch.nn.functional as F

from attributes import ATTRIBUTES, HELD_OUT_PAIRS, NAMES, SCALES
from landscapes import LANDSCAPES, sky
from paint import WIDTH, Frame, smooth
from subjects import PAINTERS
from weather import STYLES, falling, fog

FPS = 16
TOGETHER = 2                                             # pictures drawn at once: few enough to stay in the cache
RAMP = 13                                                # frames that a change takes
SPEEDS = torch.tensor(SCALES["speed"]["knots"]) / 192.0  # heights per second of the nearest layer
BIOMES, SUBJECTS, LOOKS = ATTRIBUTES["biome"], ATTRIBUTES["subject"], ATTRIBUTES["style"]
BIOME, TIME, WEATHER, SUBJECT, SPEED, DIRECTION, STYLE = range(7)


def mirrored(f):
    """The same frame as somebody sees it who heads left."""
    f.x, f.scroll = WIDTH - f.x, -f.scroll
    return f


def render(items, height=192, window=None):
    """Draw pictures. items: scroll [N] in heights; clock, beat [N] and fall [N, 2] in seconds: of the water, of the subject, of rain and snow; kind [N, 4] long: biome, subject, direction, style; time [N,4],
    weather [N,4] weights. window = (x0, y0, width, height) in pixels draws a part only. Returns [N,3,H,W] in [0, 1]."""
    px = 1 / height
    x0, y0, w, h = window or (0, 0, round(height * WIDTH), height)
    x = (torch.arange(w) + x0 + .5) * px
    y = ((torch.arange(h) + y0 + .5) * px).view(-1, 1)
    out = torch.empty(items["scroll"].shape[0], 3, h, w)
    kinds, which = items["kind"].unique(dim=0, return_inverse=True)
    for i, pick in ((i, part) for i in range(len(kinds)) for part in (which == i).nonzero().view(-1).split(TOGETHER)):      # pictures of one kind are drawn together
        biome, subject, direction, style = kinds[i].tolist()
        f = Frame(x, y, px, {n: v[pick] for n, v in items.items()})
        sky(f)
        LANDSCAPES[BIOMES[biome]](f)
        fog(f, 1.0)
        if subject:
            if direction:
                mirrored(f)
            PAINTERS[SUBJECTS[subject]](f, torch.ones(f.n, 1, 1))
            if direction:
                mirrored(f)
            fog(f, .35)
        falling(f)
        out[pick] = STYLES[LOOKS[style]](f.img.clamp(0, 1), y, px).clamp(0, 1)
    return out


def random_attributes(n, generator=None, held_out=False):
    """[n, 7] long. held_out: False: without the pairs that training never shows; True: only rows with one of them; None: anything.
    Every second picture is in natural colours."""
    rows, found = [], 0
    while found < n:
        columns = [torch.randint(len(v), (2 * n + 8,), generator=generator) for v in ATTRIBUTES.values()]
        columns[STYLE] = columns[STYLE] * (torch.rand(2 * n + 8, generator=generator) < .65).long()
        part = torch.stack(columns, 1)
        if held_out is True:                                                   # put one pair into every row
            for row, pair in zip(part, torch.randint(len(HELD_OUT_PAIRS), (len(part),), generator=generator).tolist()):
                for name, value in HELD_OUT_PAIRS[pair]:
                    row[NAMES.index(name)] = ATTRIBUTES[name].index(value)
        elif held_out is False:
            part = part[~holds_pair(part)]
        rows.append(part)
        found += len(part)
    return torch.cat(rows)[:n]


def holds_pair(attributes):
    """[..., 7] -> whether a held-out pair is in it."""
    found = torch.zeros(attributes.shape[:-1], dtype=torch.bool)
    for (a, v), (b, w) in HELD_OUT_PAIRS:
        found |= (attributes[..., NAMES.index(a)] == ATTRIBUTES[a].index(v)) & (attributes[..., NAMES.index(b)] == ATTRIBUTES[b].index(w))
    return found


def change_some(attributes, generator=None):
    """Another set of attributes that differs from each given one in one to three places; never a held-out pair."""
    n = attributes.shape[0]
    changed = attributes.clone()
    todo = torch.ones(n, dtype=torch.bool)
    while todo.any():
        other = random_attributes(n, generator)
        order = torch.rand(attributes.shape, generator=generator).argsort(1)
        count = 1 + (torch.rand(n, 1, generator=generator) < .5).long() + (torch.rand(n, 1, generator=generator) < .25).long()
        changed = torch.where(todo.view(-1, 1), torch.where(order < count, other, attributes), changed)
        todo = holds_pair(changed)
    return changed


def velocity(attributes):
    """Heights per second of the nearest layer, positive to the right. attributes [..., 7]; a fraction in `speed` lies between two words."""
    at = attributes[..., SPEED].float()
    low = at.floor().long().clamp(0, len(SPEEDS) - 2)
    speed = SPEEDS[low] + (SPEEDS[low + 1] - SPEEDS[low]) * (at - low)
    return speed * (1 - 2 * attributes[..., DIRECTION].float())


def hours(attributes):
    """Weights of the four times of day, [..., 4]; a fraction in `time` lies between two words, 3.5 between night and dawn."""
    at = attributes[..., TIME].float()
    low = at.floor()
    f = (at - low).unsqueeze(-1)
    return F.one_hot(low.long() % 4, 4) * (1 - f) + F.one_hot((low.long() + 1) % 4, 4) * f


def clips(before, after, change_frame, frames, height=192, window=None, generator=None, place=None, ramp=RAMP):
    """Render clips. before, after: [N, 7] attributes (fractions allowed in speed and time); the change begins at frame change_frame [N]
    (>= frames: never) and takes `ramp` frames. place: (scroll [N], clock [N]) of the first frame, every clock; random without it. A new landscape is entered at
    its beginning; new rain, snow and subjects begin with the change. Returns [N, frames, 3, H, W] in [-1, 1]."""
    n = before.shape[0]
    step = torch.arange(frames).view(1, -1)
    part = smooth(0.0, float(ramp), (step - change_frame.view(-1, 1)).float() + .5)                  # [N, T] share of `after`
    mix = lambda what: what(before).unsqueeze(1) * (1 - part.unsqueeze(2)) + what(after).unsqueeze(1) * part.unsqueeze(2)
    speed = velocity(before).view(-1, 1) * (1 - part) + velocity(after).view(-1, 1) * part
    start = torch.rand(n, 1, generator=generator) * 400 if place is None else place[0].view(n, 1)
    clock0 = torch.rand(n, 1, generator=generator) * 64 if place is None else place[1].view(n, 1)
    way = speed.cumsum(1) / FPS
    clock = clock0 + step / FPS
    since = (step - change_frame.view(-1, 1)) / FPS                                                  # seconds; looked at only from the change on
    new = lambda column: (before[:, column].long() != after[:, column].long()).view(-1, 1)
    entered = way - way.gather(1, (change_frame - 1).clamp(0, frames - 1).view(-1, 1))
    clocks = lambda changed: torch.where(changed, since, clock)
    brings = lambda weather: new(WEATHER) & (after[:, WEATHER].long() == weather).view(-1, 1)
    fall = torch.stack((clocks(brings(1)), clocks(brings(2))), -1)                                   # rain is weather 1, snow is 2
    time = mix(hours)
    weather_ = mix(lambda a: F.one_hot(a[:, WEATHER].long(), 4).float())
    # A frame in the middle of a change of what is drawn is drawn as both, and blended.
    kind = [BIOME, SUBJECT, DIRECTION, STYLE]
    same = (before[:, kind] == after[:, kind]).all(1).view(-1, 1)
    share = torch.where(same, torch.ones_like(part), part)
    sides = ((after, share, torch.where(new(BIOME), entered, start + way), clocks(new(BIOME)), clocks(new(SUBJECT))), (before, 1 - share, start + way, clock, clock))
    out = None
    for attributes, weight, scroll, water, beat in sides:
        n_i, t_i = (weight > 0).nonzero(as_tuple=True)
        if n_i.numel() == 0:
            continue
        items = dict(scroll=scroll[n_i, t_i], clock=water[n_i, t_i], beat=beat[n_i, t_i], fall=fall[n_i, t_i], kind=attributes[n_i][:, kind].long(), time=time[n_i, t_i], weather=weather_[n_i, t_i])
        img = render(items, height, window) * weight[n_i, t_i].view(-1, 1, 1, 1)
        if out is None:
            out = torch.zeros(n, frames, *img.shape[1:])
        out[n_i, t_i] += img
    return out * 2 - 1


def contact_sheet(pictures, columns, path):
    """pictures: [N,3,H,W] in [-1, 1]."""
    from PIL import Image
    n, _, h, w = pictures.shape
    rows = (n + columns - 1) // columns
    sheet = torch.zeros(3, rows * h, columns * w)
    for i, p in enumerate(pictures.float()):
        r, c = divmod(i, columns)
        sheet[:, r * h:(r + 1) * h, c * w:(c + 1) * w] = p
    Image.fromarray(((sheet + 1) * 127.5).clamp(0, 255).byte().permute(1, 2, 0).numpy()).save(path)


if __name__ == "__main__":
    import sys, time as clock_
    torch.manual_seed(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    rows = []
    for i in range(36):
        a = torch.tensor([[i % 6, (i // 6 + i) % 4, [0, 0, 1, 2, 3][i % 5], (i + i // 6) % 9, 1, i // 3 % 2, [0, 0, 1, 0, 2, 0, 3][i % 7]]])
        rows.append(clips(a, a, torch.tensor([99]), 1)[0])
    contact_sheet(torch.cat(rows), 4, sys.argv[1])
    t = clock_.time(); a = random_attributes(8); clips(a, a, torch.full((8,), 99), 16, height=192)
    print("ms per frame at 320x192:", (clock_.time() - t) / 128 * 1000)
