"""The video autoencoder: 16x16 in space, 4 in time; every latent frame is exactly four frames of video, the first one too.

Encoder: four frames at once, no memory. Decoder: what it remembers is the last two feature maps of two causal temporal convolutions at 1/16 of the resolution
(zeros at the start) and the last picture at 1/4, from which the next three follow; so decoding one latent frame at a time equals decoding the whole video exactly.

Only these operations: conv 3x3 with zero padding, conv 1x1, temporal conv of kernel 3 (left context), RMS norm over channels as in Wan 2.1,
SiLU, sums, pixel shuffle.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

import fused

CONFIG = {
    "_class_name": "SanaLiveWorldVae",
    "latent_channels": 32,
    "spatial_compression": 16,
    "temporal_compression": 4,
    "encoder_channels": [128, 192],          # at 1/8, 1/16
    "encoder_resblocks": [2, 2],
    "decoder_channels": [192, 128, 32, 16],  # at 1/16, 1/8, 1/4, 1/2 (from 1/4 on every frame is a picture of its own)
    "decoder_resblocks": [2, 2, 2, 0],
    "decoder_temporal_blocks": 2,
    "temporal_kernel": 3,
    "decoder_carry": [.82, .55, .27],        # how much of the last picture's error the first three pictures of a latent frame take over; absent: none
    "norm": "rms_channel",                   # x / max(|x|, 1e-12) * sqrt(C) * gain; none from 1/4 on
    "latents_mean": None,
    "latents_std": None,
}


class NormSilu(nn.Module):
    """silu(x / |x| * sqrt(C) * gain), |x| over the channels of a pixel."""

    def __init__(self, channels):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels))

    def forward(self, x):
        return fused.rms_silu(x, self.gain)


class Silu(nn.Module):
    def forward(self, x):
        return fused.silu(x)


class ResBlock(nn.Module):
    """x + conv2(silu(norm2(conv1(silu(norm1(x)))))); the norms are left out where pixels are many and channels few."""

    def __init__(self, channels, norm=True):
        super().__init__()
        make = NormSilu if norm else lambda channels: Silu()
        self.norm1, self.conv1 = make(channels), nn.Conv2d(channels, channels, 3, padding=1)
        self.norm2, self.conv2 = make(channels), nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        h = self.conv1(self.norm1(x))
        return x + self.conv2(self.norm2(h))


class TemporalBlock(nn.Module):
    """x + conv over (two frames before, one before, this one) of silu(norm(x)). x [B*F, C, h, w]; history [B, 2, C, h, w]."""

    def __init__(self, channels):
        super().__init__()
        self.norm = NormSilu(channels)
        self.conv = nn.Conv3d(channels, channels, (3, 1, 1))

    def forward(self, x, frames, history=None):
        n, c, h, w = x.shape
        a = self.norm(x).reshape(n // frames, frames, c, h, w)
        if history is None:
            history = a.new_zeros(n // frames, 2, c, h, w)
        a = torch.cat((history.to(a.dtype), a), 1)
        # the convolution over time as one 1x1 convolution over three stacked frames: [B*F, 3C, h, w]
        stacked = torch.cat([a[:, i:i + frames] for i in range(3)], 2).reshape(n, 3 * c, h, w)
        weight = self.conv.weight.squeeze(-1).squeeze(-1).permute(0, 2, 1).reshape(c, 3 * c, 1, 1)
        return x + F.conv2d(stacked.contiguous(memory_format=torch.channels_last), weight, self.conv.bias), a[:, -2:]


class Encoder(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        a, b = cfg["encoder_channels"]
        self.conv_in = nn.Conv2d(4 * 3 * 64, a, 1)
        self.blocks8 = nn.ModuleList(ResBlock(a) for _ in range(cfg["encoder_resblocks"][0]))
        self.down = nn.Conv2d(4 * a, b, 1)
        self.blocks16 = nn.ModuleList(ResBlock(b) for _ in range(cfg["encoder_resblocks"][1]))
        self.norm_out = NormSilu(b)
        self.conv_out = nn.Conv2d(b, 2 * cfg["latent_channels"], 3, padding=1)

    def forward(self, video):
        """[B, 4F, 3, H, W] in [-1, 1] -> mean, log variance [B*F, z, H/16, W/16] (not normalised)."""
        b, t, c, h, w = video.shape
        x = F.pixel_unshuffle(video.reshape(b * t // 4, 12, h, w), 8).contiguous(memory_format=torch.channels_last)
        x = self.conv_in(x)
        for block in self.blocks8:
            x = block(x)
        x = self.down(F.pixel_unshuffle(x, 2).contiguous(memory_format=torch.channels_last))
        for block in self.blocks16:
            x = block(x)
        mean, logvar = self.conv_out(self.norm_out(x)).float().chunk(2, 1)
        return mean, logvar.clamp(-12, 4)


class Decoder(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        a, b, c, d = cfg["decoder_channels"]
        self.widths = (a, b, c, d)
        na, nb, nc, nd = cfg["decoder_resblocks"]
        self.conv_in = nn.Conv2d(cfg["latent_channels"], a, 3, padding=1)
        self.temporal = nn.ModuleList(TemporalBlock(a) for _ in range(cfg["decoder_temporal_blocks"]))
        self.blocks16 = nn.ModuleList(ResBlock(a) for _ in range(na))
        self.up8 = nn.Conv2d(a, 4 * b, 1)
        self.blocks8 = nn.ModuleList(ResBlock(b) for _ in range(nb))
        self.up4 = nn.Conv2d(b, 4 * 4 * c, 1)               # channels: frame-major, then c*4 for the pixel shuffle
        self.carry = cfg.get("decoder_carry")
        self.blocks4 = nn.ModuleList(ResBlock(c, norm=False) for _ in range(nc))
        self.up2 = nn.Conv2d(c, 4 * d, 1)
        self.conv2 = nn.Conv2d(d, d, 3, padding=1)
        self.conv_out = nn.Conv2d(d, 12, 3, padding=1)

    def carried(self, pictures, last):
        """Makes the first three pictures of every latent frame follow from the last picture shown. Each latent frame errs in its own way, which would be seen
        as a jump every four pictures: so what the picture shown was otherwise than this latent frame has it (its first picture less the step to its
        second) fades out. pictures [B, F, 4, c, h, w], last [B, c, h, w] or None: nothing was shown, nothing differs.
        The fourth picture is left as it is: what is remembered comes from latents alone, and nothing is carried on for ever."""
        own = 2 * pictures[:, :, 0] - pictures[:, :, 1]
        first = own[:, :1] if last is None else last.to(own.dtype).unsqueeze(1)
        differs = torch.cat((first, pictures[:, :-1, 3]), 1) - own
        share = torch.tensor([*self.carry, 0], dtype=own.dtype, device=own.device).view(1, 1, 4, 1, 1, 1)
        return pictures + share * differs.unsqueeze(2), pictures[:, -1, 3]

    def forward(self, z, history=None):
        """z [B, F, z, h, w] (not normalised) -> video [B, 4F, 3, 16h, 16w], history for the next call: the last two feature maps of each temporal block, then
        the last picture at 1/4 of the size, before carrying, if the decoder carries it."""
        b, f, c, h, w = z.shape
        last = lambda t: t.contiguous(memory_format=torch.channels_last)
        x = self.conv_in(last(z.reshape(b * f, c, h, w)))
        kept = []
        for i, block in enumerate(self.temporal):
            x, k = block(x, f, None if history is None else history[i])
            kept.append(k)
        for block in self.blocks16:
            x = block(x)
        x = last(F.pixel_shuffle(self.up8(x), 2))
        for block in self.blocks8:
            x = block(x)
        x = self.up4(x)                                                       # [B*F, 4*4*c, 2h, 2w]
        x = x.reshape(b * f * 4, 4 * self.widths[2], 2 * h, 2 * w)            # the four frames become pictures of the batch
        x = F.pixel_shuffle(x, 2)
        if self.carry:
            x, picture = self.carried(x.unflatten(0, (b, f, 4)), None if history is None else history[len(self.temporal)])
            x = x.flatten(0, 2)
            kept.append(picture)
        x = last(x)
        for block in self.blocks4:
            x = block(x)
        x = last(F.pixel_shuffle(self.up2(fused.silu(x)), 2))
        x = x + self.conv2(fused.silu(x))
        x = F.pixel_shuffle(self.conv_out(fused.silu(x)), 2)
        return x.reshape(b, f * 4, 3, h * 16, w * 16), kept


class Vae(nn.Module):
    def __init__(self, cfg=CONFIG):
        super().__init__()
        self.cfg = dict(cfg)
        self.encoder, self.decoder = Encoder(cfg), Decoder(cfg)
        for m in self.modules():
            if isinstance(m, ResBlock):
                nn.init.zeros_(m.conv2.weight)
            if isinstance(m, TemporalBlock):
                nn.init.zeros_(m.conv.weight)

    def encode(self, video):
        """[B, 4F, 3, H, W] -> normalised latents [B, F, z, h, w]."""
        mean, _ = self.encoder(video)
        mean = mean.view(video.shape[0], -1, *mean.shape[1:])
        m, s = (torch.tensor(self.cfg[k], dtype=mean.dtype, device=mean.device).view(1, 1, -1, 1, 1) for k in ("latents_mean", "latents_std"))
        return (mean - m) / s

    def decode(self, latents, history=None):
        """Normalised latents [B, F, z, h, w] -> video, history."""
        m, s = (torch.tensor(self.cfg[k], dtype=latents.dtype, device=latents.device).view(1, 1, -1, 1, 1) for k in ("latents_mean", "latents_std"))
        return self.decoder(latents * s + m, history)


def decoder_macs(cfg, pixels):
    """Multiply-adds per frame of video of `pixels` pixels."""
    a, b, c, d = cfg["decoder_channels"]
    na, nb, nc, _ = cfg["decoder_resblocks"]
    n = pixels / 256 / 4                                   # latent pixels per frame
    res = lambda w: 18 * w * w
    return (n * (9 * cfg["latent_channels"] * a + cfg["decoder_temporal_blocks"] * 3 * a * a + na * res(a) + a * 4 * b)
            + 4 * n * (nb * res(b) + b * 16 * c) + pixels / 16 * (nc * res(c) + c * 4 * d) + pixels / 4 * (9 * d * d + 9 * d * 12))


def likeness(a, b, step=4):
    """Structural similarity of brightness as `eval` measures it (Wang et al. 2004: Gaussian windows of 11, sigma 1.5; constants for a range of 2), at every
    `step`-th window each way. a, b [N, 3, H, W] in [-1, 1] -> mean, at most 1."""
    taps = torch.arange(-5, 6, device=a.device) ** 2 / -4.5
    taps = taps.exp() / taps.exp().sum()
    colours = torch.tensor([.299, .587, .114], device=a.device).view(1, 3, 1, 1)
    a, b = (a * colours).sum(1, keepdim=True) + 1, (b * colours).sum(1, keepdim=True) + 1     # black is 0: brightness counts relative to itself
    means = F.conv2d(torch.cat((a, b, a * a, b * b, a * b)), taps.view(1, 1, -1, 1), stride=(step, 1))
    ma, mb, aa, bb, ab = F.conv2d(means, taps.view(1, 1, 1, -1), stride=(1, step)).chunk(5)
    return ((2 * ma * mb + 4e-4) * (2 * (ab - ma * mb) + 3.6e-3) / ((ma * ma + mb * mb + 4e-4) * (aa - ma * ma + bb - mb * mb + 3.6e-3))).mean()


def loss(vae, video, kl_weight=5e-5, blur=None, alike=.2, steady=.5):
    """Reconstruction: of pixels, absolute and squared; of their gradients in the picture and of their changes in time, without which motion stands still within
    a latent frame and jumps between two; of how much changes from picture to picture (weight `steady`); of a coarse picture; structural similarity (weight `alike`); and a tiny KL.
    blur: up to this much noise per channel [1, z, 1, 1] on half of the clips beside the encoder's own deviation, because a transformer's latents are never
    perfect: the decoder learns to make them agree with those before."""
    mean, logvar = vae.encoder(video)
    b = video.shape[0]
    spread = (.5 * logvar).exp()
    if blur is not None:
        amount = (torch.rand(b, 1, 1, 1) - .5).clamp(min=0) * 2
        spread = (spread.square() + (blur * amount.repeat_interleave(mean.shape[0] // b, 0)).square()).sqrt()
    z = mean + torch.randn_like(mean) * spread
    out, _ = vae.decoder(z.view(b, -1, *z.shape[1:]))
    out = out.float()
    diff = out - video
    pixel, square = diff.abs().mean(), diff.square().mean()
    gradient = (diff[..., 1:] - diff[..., :-1]).abs().mean() + (diff[..., 1:, :] - diff[..., :-1, :]).abs().mean()
    change = diff[:, 1:] - diff[:, :-1]
    motion = change.abs().mean() + 24 * change.square().mean()
    moved, asked = ((v[:, 1:] - v[:, :-1]).abs().mean((2, 3, 4)) for v in (out, video))
    uneven = ((moved - asked) / (moved + asked + .01)).square().mean()
    coarse = F.avg_pool2d(diff.flatten(0, 1), 4).abs().mean()
    unlike = 1 - likeness(out.flatten(0, 1), video.flatten(0, 1))
    kl = .5 * (mean.square() + logvar.exp() - 1 - logvar).mean()
    total = pixel + 8 * square + .5 * gradient + motion + steady * uneven + .5 * coarse + alike * unlike + kl_weight * kl
    return total, {"l1": pixel.item(), "motion": change.abs().mean().item(), "uneven": uneven.item(), "unlike": unlike.item(), "kl": kl.item(), "mse": square.item()}
