"""The sky and the six landscapes. Each is a few layers with parallax, painted from far to near."""
import torch

from paint import LAMP, bump, colour, noise1, noise2, rand, smooth


def sky(f):
    t = smooth(0.0, .62, f.y).view(1, 1, -1, 1)
    f.img = (f.top * (1 - t) + f.low * t).expand(-1, -1, -1, f.x.numel()).clone()
    # stars: one soft dot per cell of a fixed grid, none low in the sky
    i, j = (f.x / .17).floor(), (f.y / .13).floor()
    cell = (i.long() + 57 * j.long())
    dx = f.x - (i + .25 + .5 * rand(cell, 3, 4096)) * .17
    dy = f.y - (j + .25 + .5 * rand(cell, 4, 4096)) * .13
    star = torch.exp(-(dx * dx + dy * dy) / (.010 ** 2)) * (.35 + .65 * rand(cell, 5, 4096)) * (f.y < .5) * (rand(cell, 6, 4096) < .6)
    f.img = f.img + (star * f.moonshine).unsqueeze(1) * colour(.95, .95, 1.0)
    # sun and moon: glow, then disc
    d = torch.hypot(f.x - f.sun_at[:, 0].view(-1, 1, 1), f.y - f.sun_at[:, 1].view(-1, 1, 1))
    f.img = f.img + (torch.exp(-d / .16) * f.shine * .55).unsqueeze(1) * f.sun_colour
    f.paint(smooth(.078, .060, d) * f.shine, f.sun_colour, lit=False)
    d = torch.hypot(f.x - f.moon_at[:, 0].view(-1, 1, 1), f.y - f.moon_at[:, 1].view(-1, 1, 1))
    f.img = f.img + (torch.exp(-d / .10) * f.moonshine * .25).unsqueeze(1) * colour(.7, .8, 1.0)
    f.paint(smooth(.068, .050, d) * f.moonshine, colour(.95, .95, .88), lit=False)
    # clouds
    n = noise2((f.x + f.scroll.unsqueeze(1) * .06) * .34, f.y * .62 + .17)
    cover = (.60 - .22 * (f.rain + f.snow) - .1 * f.fog)
    veil = smooth(0, .20, n - cover) * smooth(.60, .40, f.y) * .9
    f.paint(veil, f.cloud, lit=False)
    f.img = f.img.clamp(0, 1)


def conifers(x, cell, salt, n, base, low, high):
    """Skyline of a row of firs: two overlapping rows of triangles over a base line. [N, W]"""
    line = torch.full_like(x, base)
    for shift in (0.0, .5):
        i = (x / cell + shift).floor()
        k = i.long()
        dx = (x - (i - shift + .5 + .3 * (rand(k, salt, n) - .5)) * cell).abs()
        tall = low + (high - low) * rand(k, salt + 1, n)
        line = torch.minimum(line, base - tall + dx * tall / (.42 * cell))
    return line


def meadow(f):
    x = f.along(.12)
    f.land(.53 - .15 * noise1(x * 2.0, 10, 5), colour(.36, .52, .55), haze=.45)
    x = f.along(.30)
    f.land(.63 - .12 * noise1(x * 1.6, 11, 4), colour(.33, .58, .30), haze=.15)
    x = f.along(.45)
    dx, k = bump(x, .55, 13, 4, .8, .1)
    size = .065 + .035 * rand(k, 15, 4)
    base = .69
    d = torch.hypot(dx.unsqueeze(1), (f.y - (base - size * 1.6).unsqueeze(1)) * .85) - size.unsqueeze(1)
    trunk = torch.maximum(dx.abs().unsqueeze(1) - .013, (f.y - .63).abs() - .06)
    f.paint(f.cover(trunk), colour(.34, .22, .14))
    f.paint(f.cover(d, 2), f.snowy(colour(.14, .42, .16), .7))
    f.ground(.68, colour(.26, .56, .18), colour(.52, .74, .26))
    houses(f, .60, 1.25, 20, 2, .72)


def houses(f, parallax, cell, salt, n, base):
    dx, k = bump(f.along(parallax), cell, salt, n, .75, .1)
    dx = dx.unsqueeze(1)
    wall = torch.maximum(dx.abs() - .10, (f.y - (base - .05)).abs() - .05)
    roof = torch.maximum(dx.abs() * .62 - (f.y - (base - .185)), f.y - (base - .098))
    window = torch.maximum((dx.abs() - .05).abs() - .022, (f.y - (base - .052)).abs() - .022)
    f.paint(f.cover(wall), colour(.86, .80, .70))
    f.paint(f.cover(roof), f.snowy(colour(.66, .24, .18), .9))
    f.paint(f.cover(window), colour(.25, .30, .38) * (1 - .9 * f.night.unsqueeze(1)) * f.light + LAMP.view(1, 3, 1, 1) * f.night.unsqueeze(1), lit=False)


def forest(f):
    x = f.along(.12)
    f.land(.50 - .10 * noise1(x * 2.0, 30, 5), colour(.34, .48, .50), haze=.5)
    f.land(conifers(f.along(.30), .18, 31, 13, .62, .14, .26), colour(.16, .38, .30), haze=.22, snow=.6)
    f.land(conifers(f.along(.52), .28, 33, 8, .72, .18, .34), colour(.09, .30, .17), haze=.05, snow=.55)
    f.ground(.715, colour(.16, .36, .14), colour(.32, .50, .20))


def desert(f):
    x = f.along(.12)
    mesa = .55 - .20 * smooth(.50, .66, noise1(x * 1.7, 40, 4))
    f.land(mesa, colour(.72, .42, .30), haze=.35, snow=.5)
    x = f.along(.35)
    f.land(.67 - .12 * noise1(x * 1.3, 42, 3), colour(.86, .62, .36), haze=.1)
    f.ground(.70, colour(.86, .63, .34), colour(.98, .80, .50))
    dx, k = bump(f.along(.60), .80, 44, 3, .9, .1)
    tall = (.12 + .05 * rand(k, 46, 3)).unsqueeze(1)
    dx = dx.unsqueeze(1)
    stem = torch.maximum(dx.abs() - .024, (f.y - (.77 - tall)).abs() - tall)
    arm = torch.maximum((dx - .060).abs() - .017, (f.y - (.77 - tall * 1.15)).abs() - .05)
    join = torch.maximum((dx - .03).abs() - .04, (f.y - (.81 - tall * 1.15)).abs() - .016)
    f.paint(f.cover(torch.minimum(stem, torch.minimum(arm, join))), f.snowy(colour(.20, .46, .22), .5))


def peaks(x, cell, salt, n, base, low, high):
    """Skyline of two overlapping rows of mountains, and how high each column's mountain reaches. [N, W] twice."""
    line, top = torch.full_like(x, base), torch.full_like(x, base)
    for shift in (0.0, .5):
        i = (x / cell + shift).floor()
        k = i.long()
        dx = (x - (i - shift + .5 + .2 * (rand(k, salt, n) - .5)) * cell).abs()
        tall = low + (high - low) * rand(k, salt + 1 + (shift > 0), n)
        mine = base - tall + dx * tall / (.62 * cell)
        top = torch.where(mine < line, base - tall, top)
        line = torch.minimum(line, mine)
    return line, top


def mountains(f):
    line, top = peaks(f.along(.12), .62, 50, 4, .58, .22, .44)
    f.paint(f.cover(line.unsqueeze(1) - f.y), f.haze(f.snowy(colour(.40, .43, .56), .6), .22), lit=False)
    cap = torch.maximum(line.unsqueeze(1) - f.y, f.y - (top + .13).unsqueeze(1))
    f.paint(f.cover(cap, 3), f.haze(colour(.98, .99, 1.0), .08), lit=False)
    line, _ = peaks(f.along(.28), .50, 54, 5, .68, .10, .20)
    f.land(line, colour(.26, .40, .36), haze=.15, snow=.7)
    f.ground(.69, colour(.26, .44, .22), colour(.42, .56, .28))
    f.mirror(.74, colour(.20, .40, .55))


def sea(f):
    x = f.along(.10)
    isle = .59 - .18 * smooth(.55, .85, noise1(x * 1.1, 60, 3))
    f.land(isle, colour(.25, .42, .36), haze=.35)
    f.mirror(.58, colour(.05, .30, .48), .55)


def city(f):
    x = f.along(.12)
    k = (x / .20).floor().long()
    f.land(.50 - .20 * rand(k, 70, 12), colour(.46, .50, .60), haze=.45, snow=.2)
    towers(f, .34, .30, 71, 8, .64, .16, .36, colour(.36, .38, .50), .10)
    towers(f, .58, .50, 75, 5, .74, .14, .30, colour(.62, .46, .38), 0.0)
    f.ground(.735, colour(.42, .42, .44), colour(.52, .51, .50))


def towers(f, parallax, cell, salt, n, base, low, high, rgb, haze):
    x = f.along(parallax)
    i = (x / cell).floor()
    k = i.long()
    roof = base - (low + (high - low) * rand(k, salt, n))
    shade = (.75 + .4 * rand(k, salt + 1, n)).view(f.n, 1, 1, -1)
    f.paint(f.cover(roof.unsqueeze(1) - f.y), f.haze(rgb * shade, haze), lit=False)
    snow = f.cover((f.y - roof.unsqueeze(1) - .008).abs() - .010) * f.snow
    f.paint(snow, colour(.93, .95, 1.0))
    pitch = cell / 4
    u = (x - i * cell) / pitch - .5
    col = u.floor()
    v = (f.y - roof.unsqueeze(1)) / (pitch * 1.05)
    row = v.floor()
    inside = ((col >= 0) & (col <= 2)).unsqueeze(1) & (row >= 0) & (f.y < base + .05)
    pane = torch.maximum((u - col - .5).abs().unsqueeze(1) - .27, (v - row - .55).abs() - .27)
    lit = (rand(k.unsqueeze(1) % n * 31 + col.long().unsqueeze(1) * 7 + row.long() * 13, salt + 2, 4096) < .6)
    a = f.cover(pane * pitch) * inside
    dark = f.haze(colour(.24, .30, .40), haze) * (1 - f.night.unsqueeze(1))
    lamp = LAMP.view(1, 3, 1, 1) * f.night.unsqueeze(1) * torch.where(lit, 1.0, .12).unsqueeze(1)
    f.paint(a * .9, dark + lamp, lit=False)


LANDSCAPES = {"meadow": meadow, "forest": forest, "desert": desert, "mountains": mountains, "sea": sea, "city": city}
