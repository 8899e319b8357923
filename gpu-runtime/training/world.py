"""The embedded world: an endless landscape that scrolls by, drawn from a few smooth functions.

A frame is a function of (place along the road, clock, attributes); nothing is stored. There is one fixed endless world, and a clip is a
stretch of it, so every clip is different and every detail is coherent in time. All shapes are soft and large on purpose: what is smaller than
about four pixels at 320x192 does not survive a 16x16x4 autoencoder. Weather repeats itself over a few seconds, so a small model can learn it.

Coordinates: y runs from 0 (top) to 1 (bottom), x from 0 to 5/3; the same numbers at every resolution. Colours are in [0, 1] until the end.
"""
import math

import torch
import torch.nn.functional as F

from attributes import ATTRIBUTES

FPS = 16
WIDTH = 5 / 3                                            # of the picture, in heights
SPEEDS = torch.tensor([10.0, 30.0, 60.0]) / 192          # heights per second of the nearest layer
BIOMES, SUBJECTS = ATTRIBUTES["biome"], ATTRIBUTES["subject"]

# One row per time of day: dawn, day, sunset, night.
SKY_TOP = torch.tensor([[.42, .50, .78], [.16, .44, .88], [.36, .22, .52], [.015, .025, .09]])
SKY_LOW = torch.tensor([[.99, .80, .72], [.70, .87, .98], [1.0, .52, .22], [.08, .11, .26]])
CLOUD = torch.tensor([[1.0, .86, .84], [1.0, 1.0, 1.0], [1.0, .58, .45], [.13, .15, .26]])
LIGHT = torch.tensor([[.86, .76, .80], [1.0, 1.0, .98], [.88, .60, .50], [.20, .24, .40]])   # falls on everything below the sky
SUN_AT = torch.tensor([[.32, .50], [1.25, .15], [1.30, .49], [1.30, .75]])
MOON_AT = torch.tensor([[.25, .40], [.10, .60], [.45, .55], [.42, .17]])
SUN_COLOUR = torch.tensor([[1.0, .88, .70], [1.0, .98, .85], [1.0, .72, .35], [1.0, .6, .3]])
LAMP = torch.tensor([1.0, .80, .38])                     # lit windows

_g = torch.Generator().manual_seed(20250101)
TABLE = torch.rand(4096, generator=_g)                   # every random choice of the world
_n = torch.rand(1, 1, 64, 64, generator=_g)
# A smooth periodic texture in [0, 1], 256 x 256, made of two octaves of value noise; its last row and column repeat the first.
_a = F.interpolate(F.pad(_n[..., :16, :16], (2, 2, 2, 2), mode="circular"), scale_factor=16, mode="bicubic", align_corners=False)[..., 32:-32, 32:-32]
_b = F.interpolate(F.pad(_n[..., 16:48, 16:48], (2, 2, 2, 2), mode="circular"), scale_factor=8, mode="bicubic", align_corners=False)[..., 16:-16, 16:-16]
NOISE = F.pad(.68 * _a + .32 * _b, (0, 1, 0, 1), mode="circular")


def rand(i, salt):
    """A fixed random number in [0, 1) for every integer i (a long tensor)."""
    return TABLE[(i * 73 + salt * 911) & 4095]


def noise1(x, salt):
    """Smooth value noise along a line, in [0, 1], one knot per unit of x."""
    i = x.floor()
    f = x - i
    f = f * f * (3 - 2 * f)
    i = i.long()
    a = rand(i, salt)
    return a + (rand(i + 1, salt) - a) * f


def noise2(u, v):
    """Smooth noise in the plane, in [0, 1], period 1 in both directions."""
    u, v = torch.broadcast_tensors(u, v)
    grid = torch.stack(((u - u.floor()) * 2 - 1, (v - v.floor()) * 2 - 1), -1)
    n = grid.shape[0]
    return F.grid_sample(NOISE.expand(n, -1, -1, -1), grid, mode="bilinear", align_corners=True)[:, 0]


def smooth(a, b, x):
    t = ((x - a) / (b - a)).clamp(0, 1)
    return t * t * (3 - 2 * t)


def colour(*rgb):
    return torch.tensor(rgb).view(1, 3, 1, 1)


def bump(x, cell, salt, density, width, jitter=.25):
    """Objects along the road: for each column, the offset dx from the nearest cell's object and the cell's number; absent ones are far away."""
    i = (x / cell).floor()
    k = i.long()
    dx = x - (i + .5 + jitter * (2 * rand(k, salt) - 1)) * cell
    return torch.where(rand(k, salt + 1) < density, dx, torch.full_like(dx, 9.0)), k


class Frame:
    """One batch of pictures under construction. Tensors: img [N,3,H,W]; x [W], y [H,1]; one value per picture is [N,1,1]."""

    def __init__(self, x, y, px, items):
        self.x, self.y, self.px = x, y, px
        n = items["scroll"].shape[0]
        self.n = n
        self.scroll = items["scroll"].view(n, 1)
        self.clock = items["clock"].view(n, 1, 1)
        time, weather = items["time"], items["weather"]
        pick = lambda table: (time @ table).view(n, -1, 1, 1)
        self.rain, self.snow, self.fog = (weather[:, i].view(n, 1, 1) for i in (1, 2, 3))
        dull = (.75 * self.rain + .6 * self.snow + .6 * self.fog).unsqueeze(1)
        self.night = time[:, 3].view(n, 1, 1)
        light = pick(LIGHT)
        grey = light.mean(1, keepdim=True) * colour(.62, .66, .72)
        self.light = light * (1 - .22 * dull)
        self.top = pick(SKY_TOP) * (1 - dull) + dull * grey * .85
        self.low = pick(SKY_LOW) * (1 - dull) + dull * grey * 1.1
        self.cloud = pick(CLOUD) * (1 - .7 * dull) + .7 * dull * grey * 1.05
        self.sun_at, self.moon_at = time @ SUN_AT, time @ MOON_AT
        self.sun_colour = pick(SUN_COLOUR)
        self.shine = (1 - .85 * dull[:, 0]) * (1 - self.night)      # how much of the sun comes through
        self.moonshine = (1 - .8 * dull[:, 0]) * self.night
        self.img = None

    def along(self, parallax):
        """World coordinate of every column of a layer, [N, W]."""
        return self.x + self.scroll * parallax

    def paint(self, alpha, rgb, lit=True):
        """Lay a colour over the picture. alpha [N,H,W] in [0,1]."""
        if lit:
            rgb = rgb * self.light
        self.img = torch.lerp(self.img, rgb.expand_as(self.img), alpha.unsqueeze(1))

    def cover(self, distance, soft=1.0):
        """Antialiased inside of a signed distance (negative inside), in heights."""
        return (.5 - distance / (self.px * soft)).clamp(0, 1)

    def snowy(self, rgb, amount=.85):
        """The colour under snow."""
        w = (self.snow * amount).unsqueeze(1)
        return rgb * (1 - w) + w * colour(.93, .95, 1.0)

    def haze(self, rgb, amount):
        """A distant colour takes on the sky's; returned unlit, for paint(lit=False)."""
        return rgb * self.light * (1 - amount) + amount * self.low

    def land(self, height, rgb, haze=0.0, snow=.85):
        """Everything below a skyline. height [N, W] is the y of the line."""
        rgb = self.snowy(rgb, snow)
        self.paint(self.cover(height.unsqueeze(1) - self.y), self.haze(rgb, haze), lit=False)

    def ground(self, top, dark, bright, snow=.9):
        """The plane from the y `top` to the bottom, its texture moving faster the nearer it is."""
        depth = ((self.y - top) / (1 - top)).clamp(0, 1)
        away = 1 / (.40 + .60 * depth)                                         # perspective: a row at distance `away` scrolls at 1/away
        u = (self.x - WIDTH / 2) * away + self.scroll.unsqueeze(1)
        tex = smooth(.3, .7, noise2(u * .20, away * .45))
        rgb = dark + (bright - dark) * tex.unsqueeze(1)
        rgb = self.snowy(rgb, snow) * (.80 + .25 * depth)
        self.paint(self.cover(top - self.y.expand(self.n, -1, 1)).expand(-1, -1, self.x.numel()), rgb)

    def mirror(self, top, tint, strength=.62):
        """Water from the y `top` down: what is above it, upside down, rippled and tinted."""
        h = self.img.shape[2]
        depth = (self.y - top).clamp(min=0)
        away = 1 / (.40 + .60 * depth / (1 - top))
        u = (self.x - WIDTH / 2) * away + self.scroll.unsqueeze(1)
        wave = noise2(u * .16 + .02 * self.clock, away * .85 + self.clock * .04) - .5
        rows = (2 * top - self.y.view(1, -1)).clamp(0, 1)                      # the y each row shows
        row = ((rows - self.y[0]) / (self.y[-1] - self.y[0])).clamp(0, 1) * (h - 1)
        lo = row.floor().long().view(-1).clamp(max=h - 2)
        f = (row.view(-1) - lo).view(1, 1, -1, 1)
        seen = torch.lerp(self.img[:, :, lo], self.img[:, :, lo + 1], f)
        water = torch.lerp(tint * self.light, seen, strength) * (1 + .9 * wave.unsqueeze(1))
        glitter = torch.exp(-((self.x - self.sun_at[:, 0].view(-1, 1, 1)) / (.07 + .25 * depth)) ** 2) * self.shine
        glitter = glitter + torch.exp(-((self.x - self.moon_at[:, 0].view(-1, 1, 1)) / (.05 + .2 * depth)) ** 2) * self.moonshine * .6
        water = water + (glitter * (.20 + 1.2 * wave).clamp(min=0)).unsqueeze(1) * self.sun_colour * .75
        self.paint(self.cover(top - self.y).expand(self.n, -1, self.x.numel()), water.clamp(0, 1), lit=False)


# ---- sky -------------------------------------------------------------------------------------------------------------------------------

def sky(f):
    t = smooth(0.0, .62, f.y).view(1, 1, -1, 1)
    f.img = (f.top * (1 - t) + f.low * t).expand(-1, -1, -1, f.x.numel()).clone()
    # stars: one soft dot per cell of a fixed grid, none low in the sky
    i, j = (f.x / .13).floor(), (f.y / .11).floor()
    cell = (i.long() + 57 * j.long())
    dx = f.x - (i + .25 + .5 * rand(cell, 3)) * .13
    dy = f.y - (j + .25 + .5 * rand(cell, 4)) * .11
    star = torch.exp(-(dx * dx + dy * dy) / (.0075 ** 2)) * (.35 + .65 * rand(cell, 5)) * (f.y < .5) * (rand(cell, 6) < .6)
    f.img = f.img + (star * f.moonshine).unsqueeze(1) * colour(.95, .95, 1.0)
    # sun and moon: glow, then disc
    d = torch.hypot(f.x - f.sun_at[:, 0].view(-1, 1, 1), f.y - f.sun_at[:, 1].view(-1, 1, 1))
    f.img = f.img + (torch.exp(-d / .16) * f.shine * .55).unsqueeze(1) * f.sun_colour
    f.paint(smooth(.078, .062, d) * f.shine, f.sun_colour, lit=False)
    d = torch.hypot(f.x - f.moon_at[:, 0].view(-1, 1, 1), f.y - f.moon_at[:, 1].view(-1, 1, 1))
    f.img = f.img + (torch.exp(-d / .10) * f.moonshine * .25).unsqueeze(1) * colour(.7, .8, 1.0)
    f.paint(smooth(.066, .052, d) * f.moonshine, colour(.95, .95, .88), lit=False)
    # clouds
    n = noise2((f.x + f.scroll.unsqueeze(1) * .10 + .006 * f.clock) * .28, f.y * .62 + .17)
    cover = (.62 - .22 * (f.rain + f.snow) - .1 * f.fog)
    veil = smooth(0, .16, n - cover) * smooth(.60, .40, f.y) * .9
    f.paint(veil, f.cloud, lit=False)
    f.img = f.img.clamp(0, 1)


# ---- six landscapes -----------------------------------------------------------------------------------------------------------------------

def conifers(x, cell, salt, base, low, high):
    """Skyline of a row of firs: two overlapping rows of triangles over a base line. [N, W]"""
    line = torch.full_like(x, base)
    for shift in (0.0, .5):
        i = (x / cell + shift).floor()
        k = i.long()
        dx = (x - (i - shift + .5 + .3 * (rand(k, salt) - .5)) * cell).abs()
        tall = low + (high - low) * rand(k, salt + 1)
        line = torch.minimum(line, base - tall + dx * tall / (.42 * cell))
    return line


def meadow(f):
    x = f.along(.12)
    f.land(.53 - .13 * noise1(x * 2.2, 10), colour(.36, .52, .55), haze=.45)
    x = f.along(.30)
    f.land(.62 - .12 * noise1(x * 1.6, 11), colour(.33, .58, .30), haze=.15)
    x = f.along(.45)
    hill = .67 - .05 * noise1(x * 1.1, 12)
    dx, k = bump(x, .42, 13, .75, .1)
    size = .055 + .035 * rand(k, 15)
    base = .685
    d = torch.hypot(dx.unsqueeze(1), (f.y - (base - size * 1.6).unsqueeze(1)) * .85) - size.unsqueeze(1)
    trunk = torch.maximum(dx.abs().unsqueeze(1) - .010, (f.y - .63).abs() - .06)
    f.land(hill, colour(.38, .62, .26))
    f.paint(f.cover(trunk), colour(.34, .22, .14))
    f.paint(f.cover(d, 2), f.snowy(colour(.14, .42, .16), .7))
    f.ground(.68, colour(.26, .56, .18), colour(.52, .74, .26))
    houses(f, .60, 1.15, 20, .72, .6)


def houses(f, parallax, cell, salt, base, density):
    dx, k = bump(f.along(parallax), cell, salt, density, .1)
    dx = dx.unsqueeze(1)
    wall = torch.maximum(dx.abs() - .085, (f.y - (base - .045)).abs() - .045)
    roof = torch.maximum(dx.abs() * .75 + (f.y - base) + .09 - .0, -(f.y - base) - .18)
    roof = torch.maximum(dx.abs() * .62 - (f.y - (base - .165)), f.y - (base - .088))
    window = torch.maximum((dx.abs() - .042).abs() - .018, (f.y - (base - .048)).abs() - .018)
    f.paint(f.cover(wall), colour(.86, .80, .70))
    f.paint(f.cover(roof), f.snowy(colour(.66, .24, .18), .9))
    f.paint(f.cover(window), colour(.25, .30, .38) * (1 - .9 * f.night.unsqueeze(1)) * f.light + LAMP.view(1, 3, 1, 1) * f.night.unsqueeze(1), lit=False)


def forest(f):
    x = f.along(.12)
    f.land(.52 - .10 * noise1(x * 2.0, 30), colour(.34, .48, .50), haze=.5)
    f.land(conifers(f.along(.30), .11, 31, .62, .10, .22), colour(.16, .38, .30), haze=.22, snow=.6)
    f.land(conifers(f.along(.52), .17, 33, .72, .14, .32), colour(.09, .30, .17), haze=.05, snow=.55)
    f.ground(.715, colour(.16, .36, .14), colour(.32, .50, .20))
    dx, k = bump(f.along(.85), .62, 36, .6, .1)
    top = .36 + .12 * rand(k, 38)
    fir = torch.maximum(dx.abs().unsqueeze(1) - .20 * (f.y - top.unsqueeze(1)) / .42, f.y - .78)
    f.paint(f.cover(torch.maximum(dx.abs().unsqueeze(1) - .014, (f.y - .79).abs() - .035)), colour(.26, .17, .10))
    f.paint(f.cover(fir), f.snowy(colour(.05, .22, .10), .5))


def desert(f):
    x = f.along(.12)
    mesa = .55 - .17 * smooth(.50, .62, noise1(x * 1.7, 40)) - .02 * noise1(x * 6, 41)
    f.land(mesa, colour(.72, .42, .30), haze=.35, snow=.5)
    x = f.along(.35)
    n = noise1(x * 1.3, 42)
    f.land(.67 - .12 * n, colour(.86, .62, .36), haze=.1)
    x = f.along(.55)
    f.land(.72 - .09 * noise1(x * 1.0, 43), colour(.94, .73, .44))
    f.ground(.72, colour(.86, .63, .34), colour(.98, .80, .50))
    dx, k = bump(f.along(.75), .75, 44, .7, .1)
    tall = (.10 + .06 * rand(k, 46)).unsqueeze(1)
    dx = dx.unsqueeze(1)
    stem = torch.maximum(dx.abs() - .020, (f.y - (.77 - tall)).abs() - tall)
    arm = torch.maximum((dx - .048).abs() - .014, (f.y - (.77 - tall * 1.15)).abs() - .045)
    join = torch.maximum((dx - .025).abs() - .035, (f.y - (.81 - tall * 1.15)).abs() - .012)
    f.paint(f.cover(torch.minimum(stem, torch.minimum(arm, join))), f.snowy(colour(.20, .46, .22), .5))


def mountains(f):
    x = f.along(.10)
    ridge = lambda z, s: 1 - (2 * noise1(z, s) - 1).abs()
    peak = .56 - .34 * ridge(x * 1.5, 50) * (.55 + .45 * noise1(x * .9, 51)) - .04 * ridge(x * 6, 52)
    rock = f.snowy(colour(.42, .44, .54), .6)
    white = (smooth(.10, .04, f.y - peak.unsqueeze(1) + .05 * noise1(x * 12, 53).unsqueeze(1)) * smooth(.47, .36, peak).unsqueeze(1)).unsqueeze(1)
    rgb = f.haze(rock, .25) * (1 - white) + white * f.haze(colour(.97, .98, 1.0), .1)
    f.paint(f.cover(peak.unsqueeze(1) - f.y), rgb, lit=False)
    x = f.along(.28)
    f.land(.64 - .16 * ridge(x * 1.8, 54) - .02 * noise1(x * 8, 55), colour(.27, .38, .38), haze=.15, snow=.7)
    f.land(conifers(f.along(.5), .12, 56, .715, .04, .12), colour(.10, .28, .20), snow=.5)
    f.ground(.70, colour(.26, .44, .22), colour(.42, .56, .28))
    f.mirror(.735, colour(.20, .40, .55))


def sea(f):
    x = f.along(.10)
    isle = .585 - .16 * smooth(.60, .85, noise1(x * 1.1, 60)) - .02 * smooth(.60, .75, noise1(x * 1.1, 60)) * noise1(x * 9, 61)
    f.land(isle, colour(.25, .42, .36), haze=.35)
    f.mirror(.58, colour(.05, .30, .48), .55)


def city(f):
    x = f.along(.12)
    k = (x / .12).floor().long()
    f.land(.52 - .20 * rand(k, 70), colour(.46, .50, .60), haze=.45, snow=.2)
    towers(f, .34, .21, 71, .62, .12, .34, colour(.40, .40, .48), .15)
    towers(f, .60, .34, 75, .74, .14, .36, colour(.55, .47, .42), 0.0)
    f.ground(.735, colour(.42, .42, .44), colour(.52, .51, .50))


def towers(f, parallax, cell, salt, base, low, high, rgb, haze):
    x = f.along(parallax)
    i = (x / cell).floor()
    k = i.long()
    roof = base - (low + (high - low) * rand(k, salt))
    shade = (.75 + .4 * rand(k, salt + 1)).view(f.n, 1, 1, -1)
    f.paint(f.cover(roof.unsqueeze(1) - f.y), f.haze(rgb * shade, haze), lit=False)
    snow = f.cover((f.y - roof.unsqueeze(1) - .008).abs() - .010) * f.snow
    f.paint(snow, colour(.93, .95, 1.0))
    pitch = cell / 4
    u = (x - i * cell) / pitch - .5
    col = u.floor()
    v = (f.y - roof.unsqueeze(1)) / (pitch * 1.15)
    row = v.floor()
    inside = ((col >= 0) & (col <= 2)).unsqueeze(1) & (row >= 0) & (f.y < base + .05)
    pane = torch.maximum((u - col - .5).abs().unsqueeze(1) - .27, (v - row - .55).abs() - .27)
    lit = (rand(k.unsqueeze(1) * 31 + col.long().unsqueeze(1) * 7 + row.long() * 13, salt + 2) < .55)
    a = f.cover(pane * pitch) * inside
    dark = f.haze(colour(.24, .30, .40), haze) * (1 - f.night.unsqueeze(1))
    lamp = LAMP.view(1, 3, 1, 1) * f.night.unsqueeze(1) * torch.where(lit, 1.0, .12).unsqueeze(1)
    f.paint(a * .9, dark + lamp, lit=False)


LANDSCAPES = {"meadow": meadow, "forest": forest, "desert": desert, "mountains": mountains, "sea": sea, "city": city}


# ---- five subjects: they stay in the picture while the world moves ------------------------------------------------------------------------

def box(f, cx, cy, hw, hh, round_=0.0):
    dx, dy = (f.x - cx).abs() - hw + round_, (f.y - cy).abs() - hh + round_
    return torch.maximum(dx, dy) if round_ == 0 else torch.hypot(dx.clamp(min=0), dy.clamp(min=0)) + torch.maximum(dx, dy).clamp(max=0) - round_


def sway(f, period, amount):
    return amount * torch.sin(f.clock * (2 * math.pi / period))


def band(f, top, bottom, rgb, alpha):
    f.paint(f.cover(torch.maximum(top - f.y, f.y - bottom)).expand(f.n, -1, f.x.numel()) * alpha, rgb)


def lamps(f, distance, alpha, day):
    """A window: dark by day, lit by night."""
    n = f.night.unsqueeze(1)
    f.paint(f.cover(distance) * alpha, day * f.light * (1 - n) + LAMP.view(1, 3, 1, 1) * n, lit=False)


def train(f, alpha):
    band(f, .828, .870, f.snowy(colour(.40, .36, .33), .5), alpha)
    band(f, .826, .836, colour(.22, .20, .20), alpha)
    cx = .80 + sway(f, 6, .015)
    for i, red in ((-1, (.80, .10, .10)), (0, (.80, .10, .10)), (1, (.88, .14, .10))):
        at = cx + i * .205
        f.paint(f.cover(box(f, at, .765, .096, .052, .018)) * alpha, colour(*red))
        band_ = box(f, at, .793, .094, .008)
        f.paint(f.cover(band_) * alpha, colour(.95, .88, .70))
        window = torch.minimum(box(f, at - .045, .752, .028, .020), box(f, at + .045, .752, .028, .020))
        lamps(f, window, alpha, colour(.75, .88, .95))
        wheel = torch.hypot((f.x - at).abs() - .058, f.y - .822) - .016
        f.paint(f.cover(wheel) * alpha, colour(.12, .12, .14))
    nose = torch.hypot((f.x - cx - .302) * .9, f.y - .765) - .050
    f.paint(f.cover(torch.maximum(nose, cx + .29 - f.x)) * alpha, colour(.88, .14, .10))


def car(f, alpha):
    band(f, .800, .885, colour(.30, .30, .32), alpha)
    u = (f.along(1.0) / .30)
    dash = torch.maximum((u - u.floor() - .5).abs().unsqueeze(1) * .30 - .07, (f.y - .868).abs() - .008)
    f.paint(f.cover(dash) * alpha, colour(.95, .92, .80))
    cx, cy = .78 + sway(f, 5, .02), .790 + sway(f, .9, .002)
    glass = torch.maximum(box(f, cx - .015, cy - .050, .105, .042, .03), (f.x - cx).abs() * .6 - (f.y - cy) - .145)
    f.paint(f.cover(glass) * alpha, colour(.95, .76, .10))
    lamps(f, torch.minimum(box(f, cx - .062, cy - .050, .034, .026), box(f, cx + .030, cy - .050, .038, .026)), alpha, colour(.45, .62, .72))
    f.paint(f.cover(box(f, cx, cy, .185, .036, .025)) * alpha, colour(.98, .80, .12))
    for dx in (-.105, .105):
        r = torch.hypot(f.x - cx - dx, f.y - cy - .036)
        f.paint(f.cover(r - .034) * alpha, colour(.10, .10, .12))
        f.paint(f.cover(r - .014) * alpha, colour(.70, .70, .72))
    beam = torch.exp(-((f.y - cy - .005 - .10 * (f.x - cx - .19)) / (.012 + .10 * (f.x - cx - .19).clamp(min=0))) ** 2) * smooth(.185, .20, f.x - cx) * smooth(.55, .20, f.x - cx)
    f.paint(beam * f.night * .7 * alpha, LAMP.view(1, 3, 1, 1), lit=False)


def balloon(f, alpha):
    cx, cy = 1.08 + sway(f, 7, .03), .27 + sway(f, 5, .018)
    dx, dy = f.x - cx, f.y - cy
    r = torch.hypot(dx, dy * torch.where(dy > 0, .86, 1.0)) - .150
    stripe = (torch.cos(dx / (.152 ** 2 - dy * dy).clamp(min=.002).sqrt() * 7.5) > .25).float().unsqueeze(1)
    rgb = colour(.90, .13, .12) * stripe + colour(.98, .86, .62) * (1 - stripe)
    shade = (1.0 - 1.2 * (dx + .05).clamp(min=0)).unsqueeze(1)
    rope = torch.maximum((dx.abs() - .028).abs() - .004, (dy - .20).abs() - .045)
    f.paint(f.cover(rope) * alpha, colour(.30, .22, .15))
    f.paint(f.cover(r) * alpha, rgb * shade)
    f.paint(f.cover(box(f, cx, cy + .255, .042, .028, .008)) * alpha, colour(.52, .33, .16))


def boat(f, alpha):
    keep = f.img
    f.mirror(.765, colour(.08, .32, .46), .5)
    f.img = torch.lerp(keep, f.img, alpha.unsqueeze(1))
    cx, cy = .80 + sway(f, 6, .02), .815 + sway(f, 2.5, .006)
    dx, dy = f.x - cx, f.y - cy
    hull = torch.maximum(dy.abs() - .030, dx.abs() + dy * .9 - .17)
    f.paint(f.cover(torch.maximum((dx + .005).abs() - .007, (dy + .18).abs() - .16)) * alpha, colour(.35, .24, .15))
    main = torch.maximum(torch.maximum(.014 - dx, dy + .050), dx * 1.9 - dy - .35)
    jib = torch.maximum(torch.maximum(dx + .024, dy + .050), -dx * 2.2 - dy - .31)
    f.paint(f.cover(main) * alpha, colour(1.0, .98, .93))
    f.paint(f.cover(jib) * alpha, colour(.93, .90, .86))
    f.paint(f.cover(hull) * alpha, colour(.55, .26, .14))
    f.paint(f.cover(torch.maximum((dy + .022).abs() - .010, dx.abs() - .185)) * alpha, colour(.96, .92, .84))


def airplane(f, alpha):
    cx, cy = .78 + sway(f, 8, .03), .25 + sway(f, 5, .014)
    dx, dy = f.x - cx, f.y - cy
    tail = torch.maximum(torch.maximum(dy + .01, -dy - .115), (dx + .175 + .25 * dy).abs() - .030)
    body = torch.hypot(dx / 5.0, dy) - .042
    far = torch.maximum(torch.maximum(-dy - .095, dy + .02), (dx - .0 - .7 * dy).abs() - .030)
    near = torch.maximum(torch.maximum(dy - .115, -dy + .01), (dx + .01 + .9 * dy).abs() - .042)
    f.paint(f.cover(far) * alpha, colour(.66, .70, .76))
    f.paint(f.cover(tail) * alpha, colour(.86, .16, .14))
    f.paint(f.cover(body) * alpha, colour(.97, .98, 1.0))
    f.paint(f.cover(torch.maximum(body, (dy - .012).abs() - .007)) * alpha, colour(.86, .16, .14))
    lamps(f, torch.maximum((dx - .13).abs() - .022, (dy + .012).abs() - .012), alpha, colour(.30, .45, .60))
    f.paint(f.cover(near) * alpha, colour(.78, .82, .88))


PAINTERS = {"train": train, "car": car, "balloon": balloon, "boat": boat, "airplane": airplane}


# ---- weather --------------------------------------------------------------------------------------------------------------------------------

def drops(f, nx, ny, slant, fall, salt, shape):
    """One particle per cell of a slanted grid that falls; the pattern repeats every 8 cells, and stands still sideways."""
    u = (f.x + slant * f.y) * nx
    v = f.y * ny - f.clock * fall
    i, j = u.floor(), v.floor()
    cell = i.long() * 17 + (j.long() % 8) * 5
    return shape(u - i - .3 - .4 * rand(cell, salt), v - j - .3 - .4 * rand(cell, salt + 1))


def weather(f):
    if bool((f.fog > 0).any()):
        n = noise2((f.x + .25 * f.scroll.unsqueeze(1) + .03 * f.clock) * .20, f.y * .45 + .31)
        veil = (.52 + .9 * (n - .5) + .25 * torch.exp(-((f.y - .60) / .22) ** 2)).clamp(.15, .92)
        f.paint(veil * f.fog, colour(.86, .88, .90))
    if bool((f.rain > 0).any()):
        streak = lambda u, v: torch.exp(-(u / .075) ** 2 - (v / .26) ** 2)
        near = drops(f, 11.0, 3.2, .22, 4.0, 80, streak)
        far = drops(f, 19.0, 5.0, .22, 4.0, 83, lambda u, v: torch.exp(-(u / .10) ** 2 - (v / .25) ** 2))
        f.paint((.62 * near + .34 * far).clamp(max=.8) * f.rain, f.low * .35 + colour(.62, .68, .76) * (f.light * .7 + .3) * .65, lit=False)
    if bool((f.snow > 0).any()):
        flake = lambda u, v: torch.exp(-((u * u + v * v) / .13 ** 2))
        near = drops(f, 4.5, 4.5, .15, 1.2, 86, flake)
        far = drops(f, 7.5, 7.5, .10, 1.2, 89, flake)
        f.paint((.95 * near + .60 * far).clamp(max=.95) * f.snow, colour(1.0, 1.0, 1.0) * (f.light * .6 + .4), lit=False)


# ---- clips ----------------------------------------------------------------------------------------------------------------------------------

def render(items, height=192, window=None):
    """Draw pictures. items: scroll, clock [N] in heights and seconds; biome, subject [N] long; subject_alpha [N]; time [N,4], weather [N,4] weights.
    window = (x0, y0, width, height) in pixels draws a part only. Returns [N,3,H,W] in [0, 1]."""
    px = 1 / height
    x0, y0, w, h = window or (0, 0, round(height * WIDTH), height)
    x = (torch.arange(w) + x0 + .5) * px
    y = ((torch.arange(h) + y0 + .5) * px).view(-1, 1)
    out = torch.empty(items["scroll"].shape[0], 3, h, w)
    key = items["biome"] * 16 + items["subject"]
    for k in key.unique().tolist():                                    # pictures of one kind are drawn together
        pick = (key == k).nonzero().view(-1)
        f = Frame(x, y, px, {n: v[pick] for n, v in items.items()})
        sky(f)
        LANDSCAPES[BIOMES[k // 16]](f)
        if k % 16:
            PAINTERS[SUBJECTS[k % 16]](f, items["subject_alpha"][pick].view(-1, 1, 1))
        weather(f)
        out[pick] = f.img.clamp(0, 1)
    return out


def random_attributes(n, generator=None):
    """[n, 5] long. The empty subject is twice as likely as each of the others."""
    columns = [torch.randint(len(v) + (name == "subject"), (n,), generator=generator) for name, v in ATTRIBUTES.items()]
    columns[3] = (columns[3] - 1).clamp(min=0)
    return torch.stack(columns, 1)


def change_some(attributes, generator=None):
    """Another set of attributes that differs from each given one in one to three places."""
    other = random_attributes(attributes.shape[0], generator)
    order = torch.rand(attributes.shape, generator=generator).argsort(1)
    count = torch.randint(1, 4, (attributes.shape[0], 1), generator=generator)
    return torch.where(order < count, other, attributes)


def clips(before, after, change_frame, frames, height=192, window=None, generator=None, place=None):
    """Render clips. before, after: [N, 5] attributes; the change begins at frame change_frame [N] (>= frames: never) and takes 0.6 s.
    Returns [N, frames, 3, H, W] in [-1, 1]."""
    n = before.shape[0]
    step = torch.arange(frames).view(1, -1)
    ramp = smooth(0.0, .6 * FPS, (step - change_frame.view(-1, 1)).float() + .5)                     # [N, T] share of `after`
    speed = SPEEDS[before[:, 4]].view(-1, 1) * (1 - ramp) + SPEEDS[after[:, 4]].view(-1, 1) * ramp
    start = torch.rand(n, 1, generator=generator) * 400 if place is None else place[0].view(n, 1)
    clock0 = torch.rand(n, 1, generator=generator) * 64 if place is None else place[1].view(n, 1)
    scroll = start + speed.cumsum(1) / FPS
    clock = clock0 + step / FPS
    mix = lambda i, size: F.one_hot(before[:, i], size).unsqueeze(1) * (1 - ramp.unsqueeze(2)) + F.one_hot(after[:, i], size).unsqueeze(1) * ramp.unsqueeze(2)
    time, weather_ = mix(1, 4), mix(2, 4)
    # Pictures of which biome and subject: a frame in the middle of such a change is drawn as both, and blended.
    same = (before[:, [0, 3]] == after[:, [0, 3]]).all(1).view(-1, 1)
    share = torch.where(same, torch.ones_like(ramp), ramp)
    out = None
    for attributes, weight in ((after, share), (before, 1 - share)):
        n_i, t_i = (weight > 0).nonzero(as_tuple=True)
        if n_i.numel() == 0:
            continue
        items = dict(scroll=scroll[n_i, t_i], clock=clock[n_i, t_i], biome=attributes[n_i, 0], subject=attributes[n_i, 3],
                     subject_alpha=torch.ones(n_i.numel()), time=time[n_i, t_i], weather=weather_[n_i, t_i])
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
    for i in range(24):
        a = torch.tensor([[i % 6, (i // 6 + i) % 4, [0, 0, 1, 2, 3][i % 5], (i + i // 6) % 6, 1]])
        rows.append(clips(a, a, torch.tensor([99]), 1)[0])
    contact_sheet(torch.cat(rows), 4, sys.argv[1])
    t = clock_.time(); a = random_attributes(8); clips(a, a, torch.full((8,), 99), 16, height=96)
    print("ms per frame at 160x96:", (clock_.time() - t) / 128 * 1000)
