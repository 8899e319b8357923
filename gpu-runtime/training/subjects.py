"""The eight subjects: they stay in the picture while the world moves. Each is drawn heading right; heading left the picture is mirrored around it."""
import math

import torch

from paint import LAMP, box, colour, ellipse, limb, smooth


def sway(f, period, amount):
    """Periods divide 8 s, so that all movement repeats soon."""
    return amount * torch.sin(f.beat * (2 * math.pi / period))


def band(f, top, bottom, rgb, alpha):
    f.paint(f.cover(torch.maximum(top - f.y, f.y - bottom)).expand(f.n, -1, f.x.numel()) * alpha, rgb)


def lamps(f, distance, alpha, day):
    """A window: dark by day, lit by night."""
    n = f.night.unsqueeze(1)
    f.paint(f.cover(distance) * alpha, day * f.light * (1 - n) + LAMP.view(1, 3, 1, 1) * n, lit=False)


def road(f, alpha):
    band(f, .805, .905, colour(.30, .30, .32), alpha)
    u = f.along(1.0) / .40
    dash = torch.maximum((u - u.floor() - .5).abs().unsqueeze(1) * .40 - .09, (f.y - .885).abs() - .009)
    f.paint(f.cover(dash) * alpha, colour(.95, .92, .80))


def beam(f, x0, cy, alpha):
    """A headlight's cone at night."""
    far = f.x - x0
    cone = torch.exp(-((f.y - cy - .10 * far) / (.012 + .10 * far.clamp(min=0))) ** 2) * smooth(.0, .02, far) * smooth(.36, .10, far)
    f.paint(cone * f.night * .7 * alpha, LAMP.view(1, 3, 1, 1), lit=False)


def wheel(f, cx, cy, r, alpha):
    d = torch.hypot(f.x - cx, f.y - cy)
    f.paint(f.cover(d - r) * alpha, colour(.10, .10, .12))
    f.paint(f.cover(d - r * .42) * alpha, colour(.70, .70, .72))


def train(f, alpha):
    band(f, .835, .880, f.snowy(colour(.40, .36, .33), .5), alpha)
    band(f, .832, .844, colour(.22, .20, .20), alpha)
    cx = .80 + sway(f, 8, .012)
    for i in (-1, 0, 1):
        at = cx + i * .245
        f.paint(f.cover(box(f, at, .762, .116, .064, .02)) * alpha, colour(.86, .10, .10))
        f.paint(f.cover(box(f, at, .798, .114, .010)) * alpha, colour(.95, .88, .70))
        lamps(f, torch.minimum(box(f, at - .055, .746, .034, .025), box(f, at + .055, .746, .034, .025)), alpha, colour(.75, .88, .95))
        f.paint(f.cover(torch.hypot((f.x - at).abs() - .07, f.y - .828) - .018) * alpha, colour(.12, .12, .14))
    nose = torch.hypot((f.x - cx - .355) * .9, f.y - .762) - .062
    f.paint(f.cover(torch.maximum(nose, cx + .34 - f.x)) * alpha, colour(.86, .10, .10))
    beam(f, cx + .42, .775, alpha)


def car(f, alpha):
    road(f, alpha)
    cx, cy = .80 + sway(f, 8, .015), .788
    glass = torch.maximum(box(f, cx - .015, cy - .060, .125, .050, .03), (f.x - cx).abs() * .6 - (f.y - cy) - .17)
    f.paint(f.cover(glass) * alpha, colour(.95, .76, .10))
    lamps(f, torch.minimum(box(f, cx - .072, cy - .060, .040, .030), box(f, cx + .038, cy - .060, .046, .030)), alpha, colour(.45, .62, .72))
    f.paint(f.cover(box(f, cx, cy, .22, .044, .03)) * alpha, colour(.98, .80, .12))
    for dx in (-.125, .125):
        wheel(f, cx + dx, cy + .044, .042, alpha)
    beam(f, cx + .22, cy, alpha)


def bus(f, alpha):
    road(f, alpha)
    cx, cy = .78 + sway(f, 8, .012), .70
    f.paint(f.cover(box(f, cx, cy, .30, .125, .03)) * alpha, colour(.10, .30, .78))
    f.paint(f.cover(box(f, cx, cy + .035, .30, .014)) * alpha, colour(.97, .97, .95))
    for i in range(-2, 3):
        lamps(f, box(f, cx + i * .108, cy - .050, .042, .040), alpha, colour(.75, .88, .95))
    for dx in (-.18, .18):
        wheel(f, cx + dx, cy + .128, .048, alpha)
    beam(f, cx + .30, cy + .08, alpha)


def boat(f, alpha):
    keep = f.img
    f.mirror(.765, colour(.08, .32, .46), .5)
    f.img = torch.lerp(keep, f.img, alpha.unsqueeze(1))
    cx, cy = .80 + sway(f, 8, .015), .825 + sway(f, 4, .006)
    dx, dy = f.x - cx, f.y - cy
    hull = torch.maximum(dy.abs() - .036, dx.abs() + dy * .9 - .20)
    f.paint(f.cover(torch.maximum((dx + .005).abs() - .009, (dy + .21).abs() - .19)) * alpha, colour(.35, .24, .15))
    main = torch.maximum(torch.maximum(.016 - dx, dy + .058), dx * 1.9 - dy - .40)
    jib = torch.maximum(torch.maximum(dx + .026, dy + .058), -dx * 3.2 - dy - .37)
    f.paint(f.cover(main) * alpha, colour(1.0, .98, .93))
    f.paint(f.cover(jib) * alpha, colour(.93, .86, .80))
    f.paint(f.cover(hull) * alpha, colour(.55, .26, .14))
    lamps(f, box(f, cx + .17, cy - .05, .016, .016), alpha * f.night, colour(.9, .9, .9))


def balloon(f, alpha):
    cx, cy = 1.02 + sway(f, 8, .02), .29 + sway(f, 4, .012)
    dx, dy = f.x - cx, f.y - cy
    r = torch.hypot(dx, dy * torch.where(dy > 0, .86, 1.0)) - .18
    stripe = (.5 + 6 * torch.cos(dx / (.182 ** 2 - dy * dy).clamp(min=.003).sqrt() * 7.5)).clamp(0, 1).unsqueeze(1)
    rgb = colour(.92, .16, .10) * stripe + colour(1.0, .86, .40) * (1 - stripe)
    shade = (1.0 - .9 * (dx + .05).clamp(min=0)).unsqueeze(1)
    rope = torch.maximum((dx.abs() - .034).abs() - .005, (dy - .235).abs() - .05)
    f.paint(f.cover(rope) * alpha, colour(.30, .22, .15))
    f.paint(f.cover(r) * alpha, torch.maximum(rgb * shade * f.light, rgb * .45), lit=False)
    f.paint(f.cover(box(f, cx, cy + .30, .050, .034, .008)) * alpha, colour(.52, .33, .16))


def airplane(f, alpha):
    cx, cy = .80 + sway(f, 8, .02), .26 + sway(f, 4, .010)
    dx, dy = f.x - cx, f.y - cy
    tail = torch.maximum(torch.maximum(dy + .01, -dy - .15), (dx + .23 + .25 * dy).abs() - .040)
    body = torch.hypot(dx / 5.2, dy) - .055
    far = torch.maximum(torch.maximum(-dy - .12, dy + .02), (dx - .0 - .7 * dy).abs() - .038)
    near = torch.maximum(torch.maximum(dy - .15, -dy + .01), (dx + .01 + .9 * dy).abs() - .055)
    white = lambda *rgb: torch.maximum(colour(*rgb) * f.light, colour(*rgb) * .45)
    f.paint(f.cover(far) * alpha, white(.66, .70, .76), lit=False)
    f.paint(f.cover(tail) * alpha, white(.86, .16, .14), lit=False)
    f.paint(f.cover(body) * alpha, white(.97, .98, 1.0), lit=False)
    f.paint(f.cover(torch.maximum(body, (dy - .016).abs() - .010)) * alpha, white(.86, .16, .14), lit=False)
    lamps(f, torch.maximum((dx - .17).abs() - .028, (dy + .016).abs() - .016), alpha, colour(.30, .45, .60))
    f.paint(f.cover(near) * alpha, white(.78, .82, .88), lit=False)


def bird(f, alpha):
    """A great white crane that beats its wings once a second."""
    cx, cy = .80 + sway(f, 8, .02), .36 + sway(f, 1, .012)
    beat = torch.sin(f.beat * (2 * math.pi))                                    # [N,1,1], wings up at 1
    feather = lambda *rgb: torch.maximum(colour(*rgb) * f.light, colour(*rgb) * .42)
    f.paint(f.cover(limb(f, cx - .10, cy, cx - .27, cy + .015, .012)) * alpha, feather(.85, .30, .22), lit=False)      # legs
    f.paint(f.cover(limb(f, cx + .08, cy - .01, cx + .24, cy - .035, .017)) * alpha, feather(.95, .95, .97), lit=False)   # neck
    f.paint(f.cover(limb(f, cx + .255, cy - .036, cx + .33, cy - .026, .009)) * alpha, feather(.95, .62, .15), lit=False)   # beak
    f.paint(f.cover(ellipse(f, cx + .24, cy - .038, .034, .028)) * alpha, feather(.88, .14, .12), lit=False)             # red crown
    f.paint(f.cover(ellipse(f, cx, cy, .125, .048)) * alpha, feather(.97, .97, .99), lit=False)
    for depth, shade in ((.72, .84), (1.0, 1.0)):                                # the far wing, then the near one
        tip = -.23 * beat * depth
        wing = torch.minimum(limb(f, cx + .03, cy - .01, cx - .05, cy + tip * .55, .052 * depth), limb(f, cx - .05, cy + tip * .55, cx - .13, cy + tip, .036 * depth))
        f.paint(f.cover(wing) * alpha, feather(.97 * shade, .97 * shade, .99 * shade), lit=False)
        end = limb(f, cx - .11, cy + tip * .88, cx - .16, cy + tip * 1.12, .026 * depth)
        f.paint(f.cover(end) * alpha, feather(.16, .16, .20), lit=False)


def horse(f, alpha):
    """A chestnut horse at a gallop, two strides a second."""
    phase = f.beat * (2 * math.pi * 2)
    cx, cy = .80 + sway(f, 8, .02), .70 + .012 * torch.sin(phase)
    coat, dark = colour(.50, .26, .12), colour(.16, .09, .06)
    far = colour(.36, .18, .08)
    for i, (x0, lag, rgb) in enumerate(((.13, .5, far), (-.14, 2.6, far), (.15, 0.0, coat), (-.12, 2.1, coat))):
        swing = torch.sin(phase + lag)
        kx, ky = cx + x0 + .075 * swing, cy + .10 - .018 * swing.abs()
        fx, fy = kx + .055 * torch.sin(phase + lag - .9), torch.minimum(ky + .105, torch.full_like(ky, .875))
        f.paint(f.cover(limb(f, cx + x0, cy + .02, kx, ky, .028)) * alpha, rgb)
        f.paint(f.cover(limb(f, kx, ky, fx, fy, .018)) * alpha, rgb)
    f.paint(f.cover(limb(f, cx - .20, cy - .03, cx - .32, cy + .03 + .02 * torch.sin(phase), .026)) * alpha, dark)      # tail
    f.paint(f.cover(ellipse(f, cx, cy, .215, .078)) * alpha, coat)
    f.paint(f.cover(limb(f, cx + .15, cy - .02, cx + .27, cy - .15, .050)) * alpha, coat)                                  # neck
    f.paint(f.cover(limb(f, cx + .13, cy - .07, cx + .235, cy - .20, .022)) * alpha, dark)                                 # mane
    f.paint(f.cover(limb(f, cx + .27, cy - .165, cx + .37, cy - .115, .034)) * alpha, coat)                                # head


PAINTERS = {"train": train, "car": car, "bus": bus, "boat": boat, "balloon": balloon, "airplane": airplane, "bird": bird, "horse": horse}
