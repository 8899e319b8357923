"""Fog, rain and snow over the whole picture, and the styles it can be shown in."""
import torch
import torch.nn.functional as F

from paint import colour, noise2, rand, smooth


def drops(f, clock, nx, ny, slant, fall, salt, shape):
    """One particle per cell of a slanted grid that falls; the pattern repeats every 8 cells, and stands still sideways."""
    u = (f.x + slant * f.y) * nx
    v = f.y * ny - clock * fall
    i, j = u.floor(), v.floor()
    cell = i.long() * 17 + (j.long() % 8) * 5
    return shape(u - i - .3 - .4 * rand(cell, salt, 4096), v - j - .3 - .4 * rand(cell, salt + 1, 4096))


def fog(f, share):
    """share: 1 over the landscape, less over what is near."""
    if bool((f.fog > 0).any()):
        n = noise2((f.x + .25 * f.scroll.unsqueeze(1)) * .34, f.y * .45 + .31)
        veil = (.54 + .7 * (n - .5) + .25 * torch.exp(-((f.y - .60) / .22) ** 2)).clamp(.25, .82) * share
        f.paint(veil * f.fog, colour(.86, .88, .90))


def falling(f):
    if bool((f.rain > 0).any()):
        streak = lambda u, v: torch.exp(-(u / .075) ** 2 - (v / .27) ** 2)
        near = drops(f, f.raining, 7.0, 2.5, .22, 4.0, 80, streak)                              # 8 cells in 2 s
        f.paint((.80 * near).clamp(max=.8) * f.rain, f.low * .35 + colour(.70, .76, .84) * (f.light * .6 + .4) * .75, lit=False)
    if bool((f.snow > 0).any()):
        flake = lambda u, v: torch.exp(-((u * u + v * v) / .13 ** 2))
        near = drops(f, f.snowing, 4.5, 4.5, .15, 1.0, 86, flake)                               # 8 cells in 8 s
        far = drops(f, f.snowing, 6.5, 6.5, .10, 1.0, 89, lambda u, v: torch.exp(-((u * u + v * v) / .16 ** 2)))
        f.paint((.95 * near + .60 * far).clamp(max=.95) * f.snow, colour(1.0, 1.0, 1.0) * (f.light * .6 + .4), lit=False)


# ---- styles: the finished picture seen through another hand -------------------------------------------------------------------------------

LUMA = torch.tensor([.30, .59, .11]).view(1, 3, 1, 1)


def outlines(img, px):
    """How strongly brightness changes around each pixel, over the same distance at every resolution. [N,1,H,W] in [0, 1]"""
    wide = max(1, round(.008 / px))
    luma = F.avg_pool2d(F.pad((img * LUMA).sum(1, keepdim=True), (1, 1, 1, 1), mode="replicate"), 3, 1)
    padded = F.pad(luma, (wide, wide, wide, wide), mode="replicate")
    dx = padded[:, :, wide:-wide, 2 * wide:] - padded[:, :, wide:-wide, :-2 * wide]
    dy = padded[:, :, 2 * wide:, wide:-wide] - padded[:, :, :-2 * wide, wide:-wide]
    return smooth(.08, .50, torch.hypot(dx, dy))


def natural(img, y, px):
    return img


def ink(img, y, px):
    """Brush on warm paper: little colour, dark outlines."""
    luma = (img * LUMA).sum(1, keepdim=True)
    tone = .10 + .90 * luma.clamp(0, 1) ** .8
    wash = colour(1.0, .965, .89) * (tone + .22 * (img - luma))
    return wash * (1 - .75 * outlines(img, px))


def neon(img, y, px):
    """A dark room, strong colour, glowing outlines from cyan above to magenta below."""
    luma = (img * LUMA).sum(1, keepdim=True)
    vivid = (luma + 1.7 * (img - luma)).clamp(0, 1) ** 1.5 * .75
    t = smooth(.25, .85, y).view(1, 1, -1, 1)
    glow = colour(.05, .95, 1.0) * (1 - t) + colour(1.0, .15, .85) * t
    return vivid * colour(.85, .70, 1.0) + outlines(img, px) * glow * .9


def pastel(img, y, px):
    """Chalk: light and soft."""
    luma = (img * LUMA).sum(1, keepdim=True)
    return .66 * (luma + .80 * (img - luma)) + .34 * colour(1.0, .95, .96)


STYLES = {"natural": natural, "ink": ink, "neon": neon, "pastel": pastel}
