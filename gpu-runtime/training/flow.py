"""Flow matching on blocks: noise levels, the loss, and the samplers that a stream runs."""
import torch

from policy import Past, Policy

FRAMES = 2                                               # latent frames per block


def shifted(u, shift):
    return shift * u / (1 + (shift - 1) * u)


def training_levels(size, shift, levels=(), share=0.0):
    """Noise levels: logit-normal, shifted; or, a share of them, one of the sampler's own."""
    sigma = shifted(torch.sigmoid(torch.randn(size)), shift)
    if levels:
        own = torch.tensor(levels)[torch.randint(len(levels), size)]
        sigma = torch.where(torch.rand(size) < share, own, sigma)
    return sigma


def loss(model, latents, tokens_clean, tokens, weight, held, shift=3.0, context_noise=.10, own_context=0.0, copies=2, levels=(), share=0.0, policy=None,
         continuing=1.0):
    """latents [B, C, K*FRAMES, h, w] clean and normalised; tokens [B, K, L, caption]: each block's prompt (tokens_clean: as the context pass saw it);
    weight [B, 1, K*FRAMES, h, w]: how much every place counts; held [B] bool: the first latent frame is a given picture, clean and at timestep 0.

    The monotone SNR sampler in its cheapest form: every block is learnt at its own noise levels (`copies` of them) while its context is clean or up
    to 10 % noisy, so that noise never decreases from the context to the block. The context is always labelled t = 0, because that is
    what a stream says about its own, never perfect, past: this is what keeps long rollouts from drifting.

    continuing: how much more a block counts that has a past. A first block's error is several times as large and mostly chance (which mountain?), what
    follows is nearly certain: without this the gradient is about first blocks, and motion is learnt last.

    own_context: the share of clips whose context is the model's own estimate of the clip (one step from some noise, given the clean past), the
    cheapest form of self-forcing: blocks learn to continue what the model itself would have shown."""
    policy = policy or Policy("window(3)")
    b, c, kf, h, w = latents.shape
    k = kf // FRAMES
    wide = lambda v: v.view(*v.shape[:-2], 1, kf, 1, 1)                          # [..., K, FRAMES] -> over a clip
    sigma = training_levels((b, copies, k), shift, levels, share).unsqueeze(-1).repeat(1, 1, 1, FRAMES)
    sigma[:, :, 0, 0] *= (~held).float().view(b, 1)
    noise = torch.randn(b, copies, *latents.shape[1:])
    noisy = torch.lerp(latents.unsqueeze(1), noise, wide(sigma))
    amount = (torch.rand(b, 1, 1) < .6) * torch.rand(b, k, 1).expand(-1, -1, FRAMES) * context_noise
    context = torch.lerp(latents, torch.randn_like(latents), wide(amount))
    if own_context:
        with torch.no_grad():
            level = (.3 + .65 * torch.rand(b, 1, k, 1)).repeat(1, 1, 1, FRAMES)
            start = torch.lerp(latents.unsqueeze(1), torch.randn(b, 1, *latents.shape[1:]), wide(level))
            flow = model.teach(context, start, torch.zeros(b, k), (1000 * level).floor(), tokens_clean, tokens, FRAMES, policy).float()
            own = (start - wide(level) * flow).squeeze(1)
            context = torch.where(torch.rand(b, 1, 1, 1, 1) < own_context, own, context)
        torch.clear_autocast_cache()                     # else the next pass would reuse these weights' casts, which carry no gradient
    flow = model.teach(context, noisy, torch.zeros(b, k), (1000 * sigma).floor(), tokens_clean, tokens, FRAMES, policy)
    weight = weight.unsqueeze(1) * wide((sigma > 0).float())
    weight[..., FRAMES:, :, :] *= continuing
    error = (flow.float() - (noise - latents.unsqueeze(1))).square()
    return (error * weight).sum() / (weight.expand_as(error).sum() + 1e-6), error[..., FRAMES:, :, :].mean().item()


def scene_loss(model, latents, tokens, weight, shift=3.0, levels=(), share=0.0):
    """The same for single blocks that have no past, [B, C, FRAMES, h, w], tokens [B, L, caption]: nothing can be copied from what came before, so
    all of the picture has to come from the words. A scene costs a sixth of a clip of four blocks."""
    sigma = training_levels((latents.shape[0],), shift, levels, share)
    noise = torch.randn_like(latents)
    noisy = torch.lerp(latents, noise, sigma.view(-1, 1, 1, 1, 1))
    flow, _ = model(noisy, (1000 * sigma).floor(), tokens)
    error = (flow.float() - (noise - latents)).square()
    return (error * weight).sum() / weight.expand_as(error).sum(), error.mean().item()


class Stream:
    """Generates block after block with the state that the policy keeps."""

    def __init__(self, model, batch, size, sampler, generator=None, policy="window(3)"):
        self.model, self.size, self.sampler, self.generator = model, (batch, model.cfg["in_channels"], FRAMES, *size), sampler, generator
        self.past = Past(Policy(policy), model, FRAMES)

    def normal(self):
        return torch.randn(self.size, generator=self.generator)

    @torch.no_grad()
    def next(self, tokens):
        """tokens [B, L, caption] -> latents of one block [B, C, 2, h, w]."""
        state = self.past.state()
        first = self.sampler.get("first_block_timesteps") if state is None else None
        levels = [t / 1000 for t in first or self.sampler["timesteps"]]
        x = self.normal()
        for i, level in enumerate(levels):
            flow, _ = self.model(x, torch.full((self.size[0],), float(int(level * 1000))), tokens, None, 0, state)
            following = levels[i + 1] if i + 1 < len(levels) else 0.0
            if self.sampler["kind"] == "euler":
                x = x + (following - level) * flow.float()
            else:
                x = x - level * flow.float()
                if following:
                    x = (1 - following) * x + following * self.normal()
        _, own = self.model(x, torch.zeros(self.size[0]), tokens, None, 0, state)
        self.past.add(own)
        return x
