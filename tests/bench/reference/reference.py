"""The shipped transformer in plain PyTorch, timed pass by pass at the bench's word: python reference.py GOLDEN MODEL FOLDER THREADS.

First it holds itself to the recorded runs of golden case h2 and measures its own matrix product. Then it reads one line per pass from standard
input and answers with the milliseconds that the pass took. What PyTorch does slowly for no good reason is done the faster way: 1x1 convolutions
as matrix products, the rotations' tables once. FOLDER holds the numbers that both sides compute with, and receives this side's answer.
"""
import functools
import json
import os
import sys
import time

import torch
import torch.nn.functional as F

TRAINING = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "gpu-runtime", "training")
os.environ["SANALIVE_NO_FUSED"] = "1"                                                  # PyTorch alone, not our own C
sys.path.insert(0, TRAINING)
import tensors                                                                         # noqa: E402
import transformer                                                                     # noqa: E402
from policy import Past, Policy                                                        # noqa: E402


class MixFfn(transformer.MixFfn):
    """The training code's layer for one block, channels last throughout: 1x1 convolutions are products of [tokens, C]."""

    def forward(self, x, size, left):
        _, n, c = x.shape
        f, h, w = size
        x = F.silu(F.linear(x, self.conv_inverted.weight.flatten(1), self.conv_inverted.bias))
        x = self.conv_depth(x.view(f, h, w, -1).permute(0, 3, 1, 2)).permute(0, 2, 3, 1).reshape(1, n, -1)
        a, b = x.chunk(2, -1)
        x = F.linear(a * F.silu(b), self.conv_point.weight.flatten(1)).view(1, f, h * w, c)
        tail = x[:, -1:]
        y = torch.cat((left(tail), x, torch.zeros_like(tail)), 1)
        stacked = torch.cat((y[:, :-2], y[:, 1:-1], y[:, 2:]), -1)
        weight = self.conv_temp.weight.squeeze(-1).permute(0, 2, 1).reshape(c, 3 * c)
        return (x + F.linear(stacked, weight)).reshape(1, n, c), tail


def load(folder, **eps):
    cfg = {**json.load(open(f"{folder}/config.json")), **eps}
    model = transformer.Transformer(cfg)
    model.load_state_dict({name: t.float() for name, t in tensors.read(f"{folder}/diffusion_pytorch_model.safetensors").items()})
    for block in model.transformer_blocks:
        block.ff.__class__ = MixFfn
    return model.eval()


def golden(folder):
    """Every call of h2's stream, each with the state that was recorded for it, and its blocks after one another.
    Returns the largest error as a share of what the golden rule allows, and how many passes were compared."""
    model = load(f"{folder}/transformer", attention_eps=1e-8, cross_qk_norm_eps=1e-6)
    io, facts = tensors.read(f"{folder}/io.safetensors"), json.load(open(f"{folder}/case.json"))["tensors"]
    text, mask, chunks = io["in.prompt_embeds"][:1], io["in.prompt_mask"][:1], io["chunk_indices"].tolist()
    shares = []

    def compare(name, x, recorded):
        shares.append(float((x - recorded).abs().max()) / max(20 * facts[name]["tol"], 2e-5 * facts[name]["absmax"]))

    for t in (0, 960):
        terms = []
        for a, b in zip(chunks, chunks[1:]):
            x = io["all.latents_btchw"].transpose(1, 2)[:, :, a:b]
            flow, own = model(x, torch.tensor([float(t)]), text, mask, a, transformer.add_states(terms) if terms else None)
            terms.append(own)
            compare(f"equiv_t{t}.blockwise", flow, io[f"equiv_t{t}.blockwise"][:, :, a:b])
    for call in sorted(name[:-5] for name in io if name.startswith("all.call") and name.endswith(".flow")):
        first, state = chunks[int(call[-2:]) // 5], None                               # five calls a block: four steps and the state pass
        if first > 0:
            part = lambda i, name: io[f"{call}.cache_in.b{i}.{name}"]
            state = [(part(i, "vk"), part(i, "ksum"), part(i, "conv").permute(0, 2, 3, 1)) for i in range(len(model.transformer_blocks))]
        flow, _ = model(io[f"{call}.x"], io[f"{call}.t"], text, mask, first, state)
        compare(f"{call}.flow", flow, io[f"{call}.flow"])
    return max(shares), len(shares)


def gemm(n=1536):
    """GFLOP/s of a square matrix product: the best of 12."""
    a, b, best = torch.randn(n, n), torch.randn(n, n), float("inf")
    for _ in range(12):
        start = time.perf_counter()
        torch.mm(a, b)
        best = min(best, time.perf_counter() - start)
    return 2 * n ** 3 / best / 1e9


@torch.inference_mode()
def main(cases, folder, shared, threads):
    torch.set_num_threads(int(threads))
    transformer.rope_table = functools.lru_cache(transformer.rope_table)
    worst, passes = golden(cases)
    facts = json.load(open(f"{shared}/facts.json"))
    model = load(folder)
    frames, height, width = facts["grid"]
    read = lambda name, *shape: torch.from_file(f"{shared}/{name}.bin", size=torch.Size(shape).numel()).view(shape)
    x = read("latents", frames, height, width, model.cfg["in_channels"]).permute(3, 0, 1, 2)[None].contiguous()
    text = read("text", 1, facts["words"], model.cfg["caption_channels"])
    _, own = model(x, torch.zeros(1), text)
    t = torch.tensor([float(facts["timestep"])])
    past = Past(Policy(facts["policy"]), model, frames)
    past.add(own)
    state = past.state()
    flow, _ = model(x, t, text, None, 0, state)
    flow[0].permute(1, 2, 3, 0).contiguous().numpy().tofile(f"{shared}/flow.bin")
    print(json.dumps({"torch": torch.__version__, "golden": worst, "passes": passes, "gemm": gemm()}), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        model(x, t, text, None, 0, state)
        print((time.perf_counter() - start) * 1000, flush=True)


if __name__ == "__main__":
    print(gemm(), flush=True) if sys.argv[1] == "gemm" else main(*sys.argv[1:])
