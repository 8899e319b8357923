"""The judge: what a half second of pictures shows, read by a small network that has only ever seen the drawn world.

Two eyes, both at half size (160x96), so that sharpness counts for nothing:
- the look: two neighbouring colour frames through a small convolutional network; it answers biome, time, weather, subject and style;
- the motion: how well bands of rows fit each other at each speed sideways, over several distances in time together (normalised correlation and its
  antisymmetric part) and the least-squares shift of Lucas and Kanade, each band through the same small perceptron, then all together; it alone answers speed and direction, so that a train
  that faces left is no proof that anything moves. Three views of the brightness: as it is; opened, which takes away flakes, drops and all that is bright
  and narrow; and opened without its mean over time, where nothing that stands still covers what moves.
The two hidden layers together (FEATURES numbers) are what the Frechet distance is taken of.

The same arithmetic in C#: tests/eval/SanaLive.Eval/Judging; tests/golden/judge holds the two together.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

import tensors
from attributes import ATTRIBUTES

FRAMES, HEIGHT, WIDTH = 8, 96, 160
COLOUR_FRAMES = (3, 4)
BANDS, BAND_ROWS = 12, 8
APART = (2, 4, 6)                                         # frames between two that are laid over each other
SPEEDS, SPEED_STEP = 12, .2                               # speeds tried each way, and their step, in pixels of this size per frame
TAPS = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)           # sideways blur before the slope is taken
OPENING = 13                                              # pixels: what is narrower and brighter than its surroundings goes
SLOPE = 2                                                 # half the base of the slope
FLAT = 1e-6                                               # energy below which a band has no texture to follow
MOVING = ("speed", "direction")
LOOK = [n for n in ATTRIBUTES if n not in MOVING]
CONFIG = {"_class_name": "SanaLiveJudge", "version": 1, "frames": FRAMES, "width": WIDTH, "height": HEIGHT, "colour_frames": list(COLOUR_FRAMES), "patch": 4,
          "channels": [32, 64, 96], "blocks": [1, 1, 2], "look_features": 64, "motion_hidden": 48, "band_features": 8, "motion_features": 32, "rms_eps": 1e-6,
          "bands": BANDS, "band_rows": BAND_ROWS, "apart": list(APART), "speeds": SPEEDS, "speed_step": SPEED_STEP, "opening": OPENING, "look": LOOK, "moving": list(MOVING), "attributes": ATTRIBUTES}


def half(video):
    """[..., 3, 2h, 2w] -> [..., 3, h, w], the mean of each two by two pixels."""
    return F.avg_pool2d(video.flatten(0, -4), 2).unflatten(0, video.shape[:-3])


def luminance(rgb):
    """[..., 3, h, w] -> [..., h, w]."""
    return rgb[..., 0, :, :] * .299 + rgb[..., 1, :, :] * .587 + rgb[..., 2, :, :] * .114


def banded(x, columns):
    """[N, T, 96, X] -> [N, 12]: the mean over moments, over the rows of a band and over columns."""
    return x.unflatten(2, (BANDS, BAND_ROWS)).sum((1, 3, 4)) / (x.shape[1] * BAND_ROWS * columns)


def fits(slope):
    """How well each band of slopes [N, 8, 96, X] fits itself when it moves at each speed, and the antisymmetric part: [N, 12, 25 + 12]; and the mean of
    its square, [N, 12]."""
    w = slope.shape[-1]
    energy = slope.square().unflatten(2, (BANDS, BAND_ROWS)).sum((3, 4)) / (BAND_ROWS * w)        # [N, 8, 12]
    total, pairs = 0, 0
    for apart in APART:
        a, b = slope[:, :-apart], slope[:, apart:]
        power = (energy[:, :-apart] * energy[:, apart:]).sqrt().mean(1) + FLAT                     # [N, 12]
        most = math.ceil(SPEEDS * SPEED_STEP * apart) + 1
        fit = torch.stack([banded(a[..., most:w - most] * b[..., most + s:w - most + s], w - 2 * most) / power for s in range(-most, most + 1)], 2)
        at = [v * SPEED_STEP * apart + most for v in range(-SPEEDS, SPEEDS + 1)]                   # between two whole shifts: a straight line
        low = [math.floor(x) for x in at]
        part = torch.tensor([x - i for x, i in zip(at, low)])
        total = total + (fit[..., low] * (1 - part) + fit[..., [i + 1 for i in low]] * part) * (FRAMES - apart)
        pairs += FRAMES - apart
    total = total / pairs
    return torch.cat((total, total[..., SPEEDS + 1:] - total[..., :SPEEDS].flip(2)), 2), energy.mean(1)


def opened(luma):
    """The largest value sideways of the smallest values sideways."""
    flat = luma.flatten(0, 1).unsqueeze(1)
    lowest = -F.max_pool2d(-flat, (1, OPENING), 1, (0, OPENING // 2))
    return F.max_pool2d(lowest, (1, OPENING), 1, (0, OPENING // 2)).view_as(luma)


def slopes(luma):
    """The brightness a little softened, and its slope, both [N, 8, 96, 152]."""
    soft = sum(t * luma[..., i:WIDTH - len(TAPS) + 1 + i] for i, t in enumerate(TAPS))
    return soft[..., SLOPE:-SLOPE], soft[..., 2 * SLOPE:] - soft[..., :-2 * SLOPE]


def motion_numbers(luma):
    """How brightness [N, 8, 96, 160] in [0, 1] moves sideways: [N, 12 * 114]."""
    soft, slope = slopes(luma)
    calm = slopes(opened(luma))[1]
    views = [fits(x) for x in (slope, calm, calm - calm.mean(1, keepdim=True))]
    a, b = slope[:, :-2], slope[:, 2:]
    mean, w = (a + b) / (4 * SLOPE), slope.shape[-1]
    shift = -banded(mean * (soft[:, 2:] - soft[:, :-2]), w) / (banded(mean.square(), w) + FLAT)
    alone = torch.stack((shift.clamp(-6, 6), torch.log10(views[0][1] + FLAT), torch.log10(views[2][1] + FLAT)), 2)
    return torch.cat([fit for fit, _ in views] + [alone], 2).flatten(1)


NUMBERS = BANDS * (9 * SPEEDS + 6)


class Rms(nn.Module):
    """x / sqrt(mean(x^2) + eps) * gain over the channels of a pixel."""

    def __init__(self, channels):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels))

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(1, keepdim=True) + CONFIG["rms_eps"]) * self.gain.view(1, -1, 1, 1)


class Block(nn.Module):
    """x + conv(silu(norm(x)))."""

    def __init__(self, channels):
        super().__init__()
        self.norm, self.conv = Rms(channels), nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return x + self.conv(F.silu(self.norm(x)))


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        channels, blocks = CONFIG["channels"], CONFIG["blocks"]
        inputs = 3 * len(COLOUR_FRAMES)
        self.down, self.blocks = nn.ModuleList(), nn.ModuleList()
        for i, (c, n) in enumerate(zip(channels, blocks)):
            k = CONFIG["patch"] if i == 0 else 2
            self.down.append(nn.Conv2d(inputs, c, k, stride=k))
            self.blocks.append(nn.Sequential(*[Block(c) for _ in range(n)]))
            inputs = c
        self.norm = Rms(inputs)
        self.look = nn.Linear(2 * inputs, CONFIG["look_features"])
        self.register_buffer("motion_mean", torch.zeros(NUMBERS))
        self.register_buffer("motion_std", torch.ones(NUMBERS))
        self.band = nn.Parameter(torch.zeros(BANDS, CONFIG["motion_hidden"]))                      # where in the picture a band lies
        self.motion1 = nn.Linear(NUMBERS // BANDS, CONFIG["motion_hidden"])
        self.motion2 = nn.Linear(CONFIG["motion_hidden"], CONFIG["band_features"])
        self.motion3 = nn.Linear(BANDS * CONFIG["band_features"], CONFIG["motion_features"])
        self.heads = nn.ModuleDict({n: nn.Linear(CONFIG["motion_features" if n in MOVING else "look_features"], len(v)) for n, v in ATTRIBUTES.items()})

    def look_at(self, colour):
        """colour [N, 2, 3, 96, 160] in [0, 1] -> features [N, 64]."""
        x = ((colour.flatten(1, 2) - .5) * 2).contiguous(memory_format=torch.channels_last)
        for down, blocks in zip(self.down, self.blocks):
            x = blocks(down(x))
        x = F.silu(self.norm(x)).flatten(2)
        return F.silu(self.look(torch.cat((x.mean(2), x.amax(2)), 1)))

    def follow(self, numbers, dropout=0.0):
        """Numbers as motion_numbers gives them -> features [N, 32]."""
        numbers = ((numbers - self.motion_mean) / self.motion_std).clamp(-5, 5)
        numbers = F.dropout(numbers, dropout, self.training).unflatten(1, (BANDS, -1))
        bands = F.silu(self.motion2(F.silu(self.motion1(numbers) + self.band)))
        return F.silu(self.motion3(bands.flatten(1)))

    def answer(self, names, features, dropout=0.0):
        features = F.dropout(features, dropout, self.training)
        return {n: self.heads[n](features) for n in names}

    def forward(self, colour, luma):
        """-> {attribute: logits}, features [N, 96]."""
        look, motion = self.look_at(colour), self.follow(motion_numbers(luma))
        return {**self.answer(LOOK, look), **self.answer(MOVING, motion)}, torch.cat((look, motion), 1)

    def judge(self, video):
        """video [N, 8, 3, 192, 320] in [0, 1]."""
        small = half(video)
        return self(small[:, list(COLOUR_FRAMES)], luminance(small))


def load(folder):
    """The frozen judge."""
    model = Judge()
    model.load_state_dict(tensors.read(folder + "/judge.safetensors"))
    return model.eval()


def pattern(clip):
    """A moving pattern in whole numbers, [8, 3, 192, 320] bytes, that the C# test draws again: it need not be stored."""
    t, c, y, x = (torch.arange(n) for n in (FRAMES, 3, 2 * HEIGHT, 2 * WIDTH))
    t, c, y, x = t.view(-1, 1, 1, 1), c.view(1, -1, 1, 1), y.view(1, 1, -1, 1), x
    wave = lambda n: 255 - (n % 510 - 255).abs()
    return (3 * wave(x * (5 + c) + y * (3 + 2 * c) + t * (-40, 0, 25)[clip] + 100_000) + wave(x * 2 + y * 7 + t * 9 + 50 * clip)) // 4


def record(folder, golden):
    """The golden case: what the frozen judge says to three patterns."""
    with torch.no_grad():
        model, video = load(folder), torch.stack([pattern(i) for i in range(3)]).float() / 255
        logits, features = model.judge(video)
        out = {f"probabilities.{n}": v.softmax(1) for n, v in logits.items()}
        tensors.write(golden + "/io.safetensors", {**out, "features": features, "numbers": motion_numbers(luminance(half(video)))})


if __name__ == "__main__":
    import sys
    record(sys.argv[1], sys.argv[2])
