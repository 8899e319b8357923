"""Flow matching on blocks: noise levels, the loss, and the samplers that a stream runs."""
import torch

import transformer

FRAMES = 2                                               # latent frames per block


def shifted(u, shift):
    return shift * u / (1 + (shift - 1) * u)


def training_levels(b, k, shift):
    """One noise level per block: logit-normal, shifted. [B, K]"""
    return shifted(torch.sigmoid(torch.randn(b, k)), shift)


def loss(model, latents, slots_clean, slots, shift=3.0, context_noise=.10, own_context=0.0):
    """latents [B, C, K*FRAMES, h, w] clean and normalised; slots [B, K, 6, caption]: each block's prompt (slots_clean: as the context pass saw it).

    The monotone SNR sampler in its cheapest form: every block is learnt at its own noise level while its context is clean or up to 10 % noisy
    (half of the clips each), so that noise never decreases from the context to the block. The context is always labelled t = 0, because that is
    what a stream says about its own, never perfect, past: this is what keeps long rollouts from drifting.

    own_context: the share of clips whose context is the model's own estimate of the clip (one step from some noise, given the clean past), the
    cheapest form of self-forcing: blocks learn to continue what the model itself would have shown."""
    b, c, kf, h, w = latents.shape
    k = kf // FRAMES
    sigma = training_levels(b, k, shift)
    wide = sigma.repeat_interleave(FRAMES, 1).view(b, 1, kf, 1, 1)
    noise = torch.randn_like(latents)
    noisy = (1 - wide) * latents + wide * noise
    amount = (torch.rand(b, 1) < .6) * torch.rand(b, k) * context_noise
    amount = amount.repeat_interleave(FRAMES, 1).view(b, 1, kf, 1, 1)
    context = (1 - amount) * latents + amount * torch.randn_like(latents)
    t = (1000 * sigma).floor()
    if own_context:
        with torch.no_grad():
            level = .3 + .65 * torch.rand(b, k)
            spread = level.repeat_interleave(FRAMES, 1).view(b, 1, kf, 1, 1)
            start = (1 - spread) * latents + spread * torch.randn_like(latents)
            own = start - spread * model.teach(context, start, torch.zeros(b, k), (1000 * level).floor(), slots_clean, slots, FRAMES).float()
            context = torch.where(torch.rand(b, 1, 1, 1, 1) < own_context, own, context)
        torch.clear_autocast_cache()                     # else the next pass would reuse these weights' casts, which carry no gradient
    flow = model.teach(context, noisy, torch.zeros(b, k), t, slots_clean, slots, FRAMES)
    return (flow.float() - (noise - latents)).square().mean()


class Stream:
    """Generates block after block with a constant-size state: the last three blocks' own sums and the last conv tail."""

    def __init__(self, model, batch, size, sampler, generator=None):
        self.model, self.size, self.sampler, self.generator = model, (batch, model.cfg["in_channels"], FRAMES, *size), sampler, generator
        self.terms, self.block = [], 0

    def normal(self):
        return torch.randn(self.size, generator=self.generator)

    @torch.no_grad()
    def next(self, slots, recache=False):
        """slots [B, 6, caption] -> latents of one block [B, C, 2, h, w]."""
        first = self.block * FRAMES                          # positions may grow here: sums and rope are in fp64 tables, and only differences matter
        state = transformer.add_states(self.terms) if self.terms else None
        levels = [t / 1000 for t in self.sampler["timesteps"]]
        x = self.normal()
        for i, level in enumerate(levels):
            flow, _ = self.model(x, torch.full((self.size[0],), float(int(level * 1000))), slots, None, first, state)
            following = levels[i + 1] if i + 1 < len(levels) else 0.0
            if self.sampler["kind"] == "euler":
                x = x + (following - level) * flow.float()
            else:
                x = x - level * flow.float()
                if following:
                    x = (1 - following) * x + following * self.normal()
        _, own = self.model(x, torch.zeros(self.size[0]), slots, None, first, state)
        self.terms = (self.terms + [own])[-transformer.WINDOW:]
        self.block += 1
        return x
