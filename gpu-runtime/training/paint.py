"""What the world is painted with: smooth periodic randomness, antialiased shapes, light that fits the time of day.

Coordinates: y runs from 0 (top) to 1 (bottom), x from 0 to 5/3; the same numbers at every resolution. Colours are in [0, 1] until the end.
Everything repeats: a layer's strip is two to three heights long, wider than the picture, so a small model can know it by heart, and strips of
different lengths and speeds make the whole repeat only after hours.
"""
import torch
import torch.nn.functional as F

WIDTH = 5 / 3                                            # of the picture, in heights
SOFT = 1.6                                               # pixels over which an edge goes from outside to inside

# One row per time of day: dawn, day, sunset, night.
SKY_TOP = torch.tensor([[.42, .50, .78], [.16, .44, .88], [.36, .22, .52], [.015, .025, .09]])
SKY_LOW = torch.tensor([[.99, .80, .72], [.70, .87, .98], [1.0, .52, .22], [.08, .11, .26]])
CLOUD = torch.tensor([[1.0, .86, .84], [1.0, 1.0, 1.0], [1.0, .58, .45], [.13, .15, .26]])
LIGHT = torch.tensor([[.86, .76, .80], [1.0, 1.0, .98], [.88, .60, .50], [.24, .28, .44]])   # falls on everything below the sky
SUN_AT = torch.tensor([[.32, .47], [1.25, .15], [1.30, .47], [1.30, .75]])
MOON_AT = torch.tensor([[.25, .40], [.10, .60], [.45, .55], [.42, .17]])
SUN_COLOUR = torch.tensor([[1.0, .88, .70], [1.0, .98, .85], [1.0, .72, .35], [1.0, .6, .3]])
LAMP = torch.tensor([1.0, .80, .38])                     # lit windows

_g = torch.Generator().manual_seed(20250101)
TABLE = torch.rand(4096, generator=_g)                   # every random choice of the world
_n = torch.rand(1, 1, 64, 64, generator=_g)
# A smooth periodic texture in [0, 1], 256 x 256; its last row and column repeat the first.
_a = F.interpolate(F.pad(_n[..., :16, :16], (2, 2, 2, 2), mode="circular"), scale_factor=16, mode="bicubic", align_corners=False)[..., 32:-32, 32:-32]
NOISE = F.pad(_a, (0, 1, 0, 1), mode="circular")


def rand(i, salt, n):
    """A fixed random number in [0, 1) for every integer i (a long tensor), with period n."""
    return TABLE[(i % n * 73 + salt * 911) & 4095]


def noise1(x, salt, n):
    """Smooth value noise along a line, in [0, 1], one knot per unit of x, period n."""
    i = x.floor()
    f = x - i
    f = f * f * (3 - 2 * f)
    i = i.long()
    a = rand(i, salt, n)
    return a + (rand(i + 1, salt, n) - a) * f


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


def bump(x, cell, salt, n, density, jitter=.25):
    """Objects along the road: for each column, the offset dx from the nearest cell's object and the cell's number; absent ones are far away."""
    i = (x / cell).floor()
    k = i.long()
    dx = x - (i + .5 + jitter * (2 * rand(k, salt, n) - 1)) * cell
    return torch.where(rand(k, salt + 1, n) < density, dx, torch.full_like(dx, 9.0)), k


class Frame:
    """One batch of pictures under construction. Tensors: img [N,3,H,W]; x [W], y [H,1]; one value per picture is [N,1,1]."""

    def __init__(self, x, y, px, items):
        self.x, self.y, self.px = x, y, px
        n = items["scroll"].shape[0]
        self.n = n
        self.scroll = items["scroll"].view(n, 1)
        self.clock, self.beat = items["clock"].view(n, 1, 1), items["beat"].view(n, 1, 1)      # seconds: of the water, of the subject
        self.raining, self.snowing = (items["fall"][:, i].view(n, 1, 1) for i in (0, 1))         # seconds that it rains, that it snows
        time, weather = items["time"], items["weather"]
        pick = lambda table: (time @ table).view(n, -1, 1, 1)
        self.rain, self.snow, self.fog = (weather[:, i].view(n, 1, 1) for i in (1, 2, 3))
        dull = (.85 * self.rain + .6 * self.snow + .6 * self.fog).unsqueeze(1)
        self.night = time[:, 3].view(n, 1, 1)
        light = pick(LIGHT)
        grey = light.mean(1, keepdim=True) * colour(.62, .66, .72)
        self.light = light * (1 - .22 * dull)
        self.top = pick(SKY_TOP) * (1 - dull) + dull * grey * .85
        self.low = pick(SKY_LOW) * (1 - dull) + dull * grey * 1.1
        self.cloud = pick(CLOUD) * (1 - .7 * dull) + .7 * dull * grey * 1.05
        self.sun_at, self.moon_at = time @ SUN_AT, time @ MOON_AT
        self.sun_colour = pick(SUN_COLOUR)
        self.shine = (1 - .85 * dull[:, 0].clamp(max=1)) * (1 - self.night)      # how much of the sun comes through
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

    def cover(self, distance, soft=SOFT):
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
        tex = smooth(.2, .8, noise2(u * .40, away * .45))
        rgb = dark + (bright - dark) * tex.unsqueeze(1)
        rgb = self.snowy(rgb, snow) * (.80 + .25 * depth)
        self.paint(self.cover(top - self.y.expand(self.n, -1, 1)).expand(-1, -1, self.x.numel()), rgb)

    def mirror(self, top, tint, strength=.62):
        """Water from the y `top` down: what is above it, upside down, rippled and tinted."""
        h = self.img.shape[2]
        depth = (self.y - top).clamp(min=0)
        away = 1 / (.40 + .60 * depth / (1 - top))
        u = (self.x - WIDTH / 2) * away + self.scroll.unsqueeze(1)
        wave = noise2(u * .40, away * .85 + self.clock * .125) - .5
        rows = (2 * top - self.y.view(1, -1)).clamp(0, 1)                      # the y each row shows
        row = ((rows - self.y[0]) / (self.y[-1] - self.y[0])).clamp(0, 1) * (h - 1)
        lo = row.floor().long().view(-1).clamp(max=h - 2)
        f = (row.view(-1) - lo).view(1, 1, -1, 1)
        seen = torch.lerp(self.img[:, :, lo], self.img[:, :, lo + 1], f)
        water = torch.lerp(tint * self.light, seen, strength) * (1 + .6 * wave.unsqueeze(1))
        glitter = torch.exp(-((self.x - self.sun_at[:, 0].view(-1, 1, 1)) / (.07 + .25 * depth)) ** 2) * self.shine
        glitter = glitter + torch.exp(-((self.x - self.moon_at[:, 0].view(-1, 1, 1)) / (.05 + .2 * depth)) ** 2) * self.moonshine * .6
        water = water + (glitter * (.20 + 1.2 * wave).clamp(min=0)).unsqueeze(1) * self.sun_colour * .75
        self.paint(self.cover(top - self.y).expand(self.n, -1, self.x.numel()), water.clamp(0, 1), lit=False)


def box(f, cx, cy, hw, hh, round_=0.0):
    """Signed distance of a rectangle with round corners."""
    dx, dy = (f.x - cx).abs() - hw + round_, (f.y - cy).abs() - hh + round_
    return torch.maximum(dx, dy) if round_ == 0 else torch.hypot(dx.clamp(min=0), dy.clamp(min=0)) + torch.maximum(dx, dy).clamp(max=0) - round_


def ellipse(f, cx, cy, rx, ry):
    """About the signed distance of an ellipse."""
    return (torch.hypot((f.x - cx) / rx, (f.y - cy) / ry) - 1) * min(rx, ry)


def limb(f, x0, y0, x1, y1, thick):
    """Signed distance of a line with round ends."""
    dx, dy = x1 - x0, y1 - y0
    t = (((f.x - x0) * dx + (f.y - y0) * dy) / (dx * dx + dy * dy)).clamp(0, 1)
    return torch.hypot(f.x - x0 - t * dx, f.y - y0 - t * dy) - thick
