"""Holds transformer.py to the recorded runs of the reference code: python test_transformer.py <folder of golden cases>."""
import json
import sys

import torch

import tensors
import transformer
from policy import Past, Policy


def load(folder, **eps):
    cfg = {**json.load(open(folder + "/transformer/config.json")), **eps}
    model = transformer.Transformer(cfg)
    model.load_state_dict(tensors.read(folder + "/transformer/diffusion_pytorch_model.safetensors"))
    return model.eval(), tensors.read(folder + "/io.safetensors"), json.load(open(folder + "/case.json"))["tensors"]


def check(name, x, golden, facts):
    limit = max(20 * facts["tol"], 2e-5 * facts["absmax"])
    worst = float((x - golden).abs().max())
    print(f"{'ok  ' if worst <= limit else 'FAIL'} {name}: {worst:.2e} of {limit:.2e}")
    return worst <= limit


@torch.no_grad()
def main(golden):
    good = True
    for case in ("a1_transformer_p122", "a2_transformer_p111"):
        model, io, facts = load(f"{golden}/{case}")
        x, text = io["in.hidden_states"], io["in.encoder_hidden_states"]
        mask = io.get("in.encoder_attention_mask")
        tokens = x.shape[2] * x.shape[3] * x.shape[4] // (model.patch[1] * model.patch[2])
        for kind in ("t_sample", "t_token_i2v", "t_token_frame", "t_sample_nomask"):
            t = io["in.timestep_" + kind[2:].replace("_nomask", "")]
            if t.dim() > 1:
                t = t.reshape(t.shape[0], -1)
                assert t.shape[1] == tokens
            flow, _ = model(x, t, text, None if "nomask" in kind else mask)
            good &= check(f"{case} {kind}", flow, io[f"{kind}.sample"], facts[f"{kind}.sample"])
    model, io, facts = load(f"{golden}/h2_longsana_blockwise", attention_eps=1e-8, cross_qk_norm_eps=1e-6)
    x, text, mask = io["all.latents_btchw"].transpose(1, 2), io["in.prompt_embeds"][:1], io["in.prompt_mask"][:1]
    chunks = io["chunk_indices"].tolist()
    for t in (0, 960):
        terms, out = [], []
        for a, b in zip(chunks, chunks[1:]):
            flow, own = model(x[:, :, a:b], torch.tensor([float(t)]), text, mask, a, transformer.add_states(terms) if terms else None)
            terms.append(own)
            out.append(flow)
        good &= check(f"h2 blockwise t={t}", torch.cat(out, 2), io[f"equiv_t{t}.blockwise"], facts[f"equiv_t{t}.blockwise"])
    # training's parallel form equals block by block, whatever the state policy
    torch.manual_seed(0)
    cfg = {**transformer.CONFIG, "in_channels": 4, "out_channels": 4, "num_layers": 2, "caption_channels": 8}
    model = transformer.Transformer(cfg).double()
    k, f = 6, 2
    clean, noisy, text = torch.randn(1, 4, k * f, 3, 5).double(), torch.randn(1, 4, k * f, 3, 5).double(), torch.randn(1, k, 3, 8).double()
    t = torch.rand(1, k).double() * 1000
    copies = torch.stack((torch.randn_like(noisy), noisy), 1)                              # the copies must not see each other
    times = torch.stack((torch.rand(1, k, f), t.unsqueeze(-1).expand(-1, -1, f)), 1)
    for name in ("window(3)", "window(2)+sink", "sum", "decay(0.8)"):
        kept = Policy(name)
        together = model.teach(clean, copies, t * 0, times.double(), text, text, f, kept)[:, 1]
        past, worst = Past(kept, model, f), 0.0
        for b in range(k):
            now = slice(b * f, b * f + f)
            state = past.state()
            flow, _ = model(noisy[:, :, now], t[:, b], text[:, b], None, 0, state)
            worst = max(worst, float((flow - together[:, :, now]).abs().max()))
            past.add(model(clean[:, :, now], t[:, b] * 0, text[:, b], None, 0, state)[1])
        good &= worst < 1e-9
        print(f"{'ok  ' if worst < 1e-9 else 'FAIL'} teach equals a stream with {name}: {worst:.1e}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
