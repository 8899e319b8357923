"""Flow matching on blocks: noise levels, the loss, and the samplers that a stream runs."""
import torch

from policy import Past, Policy

FRAMES = 2                                               # latent frames per block
MOTION = 3.0                                             # how much more the error of the change inside a block counts than the error of what both frames share


def shifted(u, shift):
    return shift * u / (1 + (shift - 1) * u)


def training_levels(size, shift, levels=(), share=0.0):
    """Noise levels: logit-normal, shifted; or, a share of them, one of the sampler's own."""
    sigma = shifted(torch.sigmoid(torch.randn(size)), shift)
    if levels:
        own = torch.tensor(levels)[torch.randint(len(levels), size)]
        sigma = torch.where(torch.rand(size) < share, own, sigma)
    return sigma


def weighed(error, weight):
    """error of the flow [..., C, frames, h, w], weight of every place [..., 1, frames, h, w] -> its weighted mean square, in which what differs between
    the two frames of a block counts more. Two frames that are the same picture are a cheap guess while little is known, and a stream that begins
    so never starts to move."""
    weight = weight.expand_as(error)
    frames = lambda v: v.unflatten(-3, (-1, FRAMES))
    change = frames(error).diff(dim=-3).square() / 2 * frames(weight).amin(-3, keepdim=True)
    return ((error.square() * weight).sum() + MOTION * change.sum()) / (weight.sum() + 1e-6)


def loss(model, latents, tokens_clean, tokens, weight, held, begins, sampler, shift=3.0, context_noise=.10, own_past=False, copies=2, share=0.0, policy=None,
         continuing=1.0):
    """latents [B, C, K*FRAMES, h, w] clean and normalised; tokens [B, K, L, caption]: each block's prompt (tokens_clean: as the context pass saw it);
    weight [B, 1, K*FRAMES, h, w]: how much every place counts; held [B] bool: the first latent frame is a given picture, clean and at timestep 0.

    The monotone SNR sampler in its cheapest form: every block is learnt at its own noise levels (`copies` of them) while its context is clean or up
    to 10 % noisy, so that noise never decreases from the context to the block. The context is always labelled t = 0, because that is
    what a stream says about its own, never perfect, past: this is what keeps long rollouts from drifting.

    continuing: how much more a block counts that has a past. A first block's error is several times as large and mostly chance (which mountain?), what
    follows is nearly certain: without this the gradient is about first blocks, and motion is learnt last.

    own_past: the past is the model's own (self-forcing): after no block (where the stream begins with the clip) or one given
    block, all others are sampled just as a stream samples them, and the next block is still learnt from the clip. Without it a stream's motion dies within
    three blocks, because its own past is a little slower and softer than any past that was ever shown to the model."""
    policy = policy or Policy("window(3)")
    b, c, kf, h, w = latents.shape
    k = kf // FRAMES
    levels = [t / 1000 for t in sampler["timesteps"]]
    wide = lambda v: v.view(*v.shape[:-2], 1, kf, 1, 1)                          # [..., K, FRAMES] -> over a clip
    sigma = training_levels((b, copies, k), shift, levels, share).unsqueeze(-1).repeat(1, 1, 1, FRAMES)
    sigma[:, :, 0, 0] *= (~held).float().view(b, 1)
    noise = torch.randn(b, copies, *latents.shape[1:])
    noisy = torch.lerp(latents.unsqueeze(1), noise, wide(sigma))
    amount = (torch.rand(b, 1, 1) < .6) * torch.rand(b, k, 1).expand(-1, -1, FRAMES) * context_noise
    context = latents
    if own_past:
        given = 0 if begins.all() and not held.any() and torch.rand(()) < .5 else 1
        context = rollout(model, latents, tokens_clean, tokens, given, sampler, policy)
        torch.clear_autocast_cache()                     # else the next pass would reuse these weights' casts, which carry no gradient
    context = torch.lerp(context, torch.randn_like(latents), wide(amount))
    flow = model.teach(context, noisy, torch.zeros(b, k), (1000 * sigma).floor(), tokens_clean, tokens, FRAMES, policy)
    weight = weight.unsqueeze(1) * wide((sigma > 0).float())
    weight[..., FRAMES:, :, :] *= continuing
    error = flow.float() - (noise - latents.unsqueeze(1))
    return weighed(error, weight), error[..., FRAMES:, :, :].square().mean().item()


def scene_loss(model, latents, tokens, weight, shift=3.0, levels=(), share=0.0):
    """The same for single blocks that have no past, [B, C, FRAMES, h, w], tokens [B, L, caption]: nothing can be copied from what came before, so
    all of the picture has to come from the words. A scene costs a sixth of a clip of four blocks."""
    sigma = training_levels((latents.shape[0],), shift, levels, share)
    noise = torch.randn_like(latents)
    noisy = torch.lerp(latents, noise, sigma.view(-1, 1, 1, 1, 1))
    flow, _ = model(noisy, (1000 * sigma).floor(), tokens)
    error = flow.float() - (noise - latents)
    return weighed(error, weight), error.square().mean().item()


def rollout(model, latents, tokens_clean, tokens, given, sampler, policy):
    """The clip as the model itself goes on from its first `given` blocks, but for the last block, which is nobody's past. Shapes as in `loss`."""
    blocks = list(latents.split(FRAMES, 2))
    stream = Stream(model, len(latents), latents.shape[-2:], sampler, policy=policy.text)
    for i in range(len(blocks) - 1):
        if i >= given:
            blocks[i] = stream.sample(tokens[:, i])
        stream.read(blocks[i], tokens_clean[:, i])
    return torch.cat(blocks, 2)


class Stream:
    """Generates block after block with the state that the policy keeps."""

    def __init__(self, model, batch, size, sampler, generator=None, policy="window(3)"):
        self.model, self.size, self.sampler, self.generator = model, (batch, model.cfg["in_channels"], FRAMES, *size), sampler, generator
        self.past = Past(Policy(policy), model, FRAMES)

    def normal(self):
        return torch.randn(self.size, generator=self.generator)

    def next(self, tokens):
        """tokens [B, L, caption] -> latents of one block [B, C, 2, h, w]."""
        x = self.sample(tokens)
        self.read(x, tokens)
        return x

    @torch.no_grad()
    def sample(self, tokens):
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
        return x

    @torch.no_grad()
    def read(self, x, tokens):
        """A finished block becomes past."""
        _, own = self.model(x, torch.zeros(self.size[0]), tokens, None, 0, self.past.state())
        self.past.add(own)
