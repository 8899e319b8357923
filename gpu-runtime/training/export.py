"""Writes the model as the folder that SanaLive loads, and golden cases for the parts that no published reference has."""
import json
import os

import torch

import phrases
import tensors
import text
import transformer
import vae
import word_pieces
from attributes import ATTRIBUTES, CANONICAL_WORDS, DEFAULT, NAMES, SCALES, TEMPLATE, canonical

SAMPLER = {"kind": "euler", "timesteps": [1000, 900, 750, 500], "first_block_timesteps": [1000, 960, 920, 870, 800, 700, 550, 350], "shift": 4.0}


def dump(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        json.dump(value, f, indent=1, ensure_ascii=False)
        f.write("\n")


def vocabulary():
    """What a page needs to help people write prompts."""
    synonyms = {a: {v: [] for v in values} for a, values in ATTRIBUTES.items()}
    styles = {("style", v): text for v, text in phrases.STYLE_NOUNS.items()}
    single = [(k, said.split()) for source in (phrases.NOUNS, phrases.ADJECTIVES, styles) for k, said in source.items()]
    for (attribute, value), said in single + list(phrases.PHRASES.items()):
        plain = [p.replace("(", "").replace(")", "") for p in said]
        synonyms[attribute][value] = list(dict.fromkeys(synonyms[attribute][value] + plain))
    return {
        "attributes": ATTRIBUTES,
        "scales": SCALES,
        "canonical_words": {n: {v: CANONICAL_WORDS.get(n, {}).get(v, v) for v in values} for n, values in ATTRIBUTES.items()},
        "template": TEMPLATE,
        "default": DEFAULT,
        "default_prompt": canonical(DEFAULT),
        "suggestions": ["night falls", "the sun rises", "it starts to snow", "the rain stops", "a foggy forest at dawn", "a horse in the desert at sunset", "crossing the sea",
                        "a city at night with a bus", "mountains at sunset with a balloon", "a bird over the meadow", "a boat appears", "go left", "in ink", "neon city in the rain",
                        "soft pastel colours", "natural colours", "the fog lifts", "speed up", "slow down"],
        "synonyms": synonyms,
        "filler": sorted(set(phrases.COMMON)),
    }


def write_transformer(folder, model, dtype=torch.float16):
    dump(folder + "/config.json", model.cfg)
    tensors.write(folder + "/diffusion_pytorch_model.safetensors", model.state_dict(), dtype)


def write_vae(folder, model, dtype=torch.float16):
    dump(folder + "/config.json", model.cfg)
    tensors.write(folder + "/diffusion_pytorch_model.safetensors", model.state_dict(), dtype)


def write_text(folder, model, dtype=torch.float16):
    dump(folder + "/config.json", model.cfg)
    dump(folder + "/vocabulary.json", vocabulary())
    tensors.write(folder + "/model.safetensors", model.state_dict(), dtype)


def write_model(folder, transformer_, vae_, text_, sampler=SAMPLER, version=6, policy="window(3)", precision=None):
    """precision: int8 only when `./sanalive eval --quick --precision int8` says of these very weights that they lose nothing by it; a newly trained model has to be asked."""
    dump(folder + "/model_index.json", {
        "_class_name": "SanaLiveWorldPipeline", "name": "world", "version": version, "license": "Apache-2.0", **({"precision": precision} if precision else {}), "prompt_semantics": "merge",
        "frames_per_second": 16, "width": 320, "height": 192, "latent_frames_per_block": 2, "frames_per_latent": 4, "state_policy": policy,
        "sampler": sampler})
    write_transformer(folder + "/transformer", transformer_)
    write_vae(folder + "/vae", vae_)
    write_text(folder + "/text_encoder", text_)


# ---- golden cases ---------------------------------------------------------------------------------------------------------------------------

def record(folder, case, note, inputs, run, meta=None):
    """run(dtype) -> outputs; recorded in fp32, with the distance to an fp64 run of the same weights as the tolerance."""
    with torch.no_grad():
        single, double = run(torch.float32), run(torch.float64)
    facts, io = {}, {}
    for name, t in list(inputs.items()) + list(single.items()):
        t = t.detach()
        io[name] = t.contiguous()
        tol = float((t.double() - double[name].double()).abs().max()) if name in single and t.is_floating_point() else 0.0
        facts[name] = {"shape": list(t.shape), "dtype": str(t.dtype).replace("torch.", ""), "absmax": float(t.double().abs().max()) if t.numel() else 0.0, "tol": tol}
    tensors.write(f"{folder}/{case}/io.safetensors", io)
    dump(f"{folder}/{case}/case.json", {"case": case, "note": note, "meta": meta or {}, "tensors": facts})


def scrambled(model, seed):
    """Random weights of a useful size everywhere, rounded to fp16 so that the file holds them exactly."""
    g = torch.Generator().manual_seed(seed)
    for name, p in model.named_parameters():
        fan = p[0].numel() if p.dim() > 1 else 1
        p.data = torch.randn(p.shape, generator=g) * (1.2 / fan ** .5 if p.dim() > 1 else .1) + (1.0 if name.endswith(("gain", "norm1.weight", "norm2.weight", "norm_out.weight")) else 0)
        p.data = p.data.half().float()
    return model


def vae_case(folder, carry):
    """Of a decoder that carries the last picture on, and of one from before there was such a thing."""
    case, cfg = "world_vae_carry" if carry else "world_vae", {k: v for k, v in vae.CONFIG.items() if carry or k != "decoder_carry"}
    cfg = {**cfg, "latent_channels": 8, "encoder_channels": [32, 48], "decoder_channels": [48, 32, 16, 16], "encoder_resblocks": [1, 1], "decoder_resblocks": [2, 1, 1, 0],
           "latents_mean": [round(.1 * i - .3, 2) for i in range(8)], "latents_std": [round(.8 + .1 * i, 2) for i in range(8)]}
    model = scrambled(vae.Vae(cfg), 5)
    write_vae(f"{folder}/{case}/vae", model)
    g = torch.Generator().manual_seed(6)
    z, video = torch.randn(1, 8, 5, 2, 3, generator=g), torch.rand(1, 3, 8, 32, 48, generator=g) * 2 - 1

    def run(dtype):
        m = model.to(dtype)
        seq = z.to(dtype).transpose(1, 2)
        out = {"dec.sample": m.decode(seq)[0]}
        history = None
        for i in range(5):
            out[f"dec.chunk{i}"], history = m.decode(seq[:, i:i + 1], history)
        if carry:
            out["dec.last_picture"] = history[-1].unsqueeze(1)
        raw = seq * torch.tensor(cfg["latents_std"], dtype=dtype).view(1, 1, -1, 1, 1) + torch.tensor(cfg["latents_mean"], dtype=dtype).view(1, 1, -1, 1, 1)
        out["dec.denormalised"] = raw
        d = m.decoder
        x = d.conv_in(raw.flatten(0, 1))
        out["dec.conv_in"] = x.unflatten(0, (1, 5))
        for i, block in enumerate(d.temporal):
            x, kept = block(x, 5)
            out[f"dec.temporal.{i}"], out[f"dec.temporal.{i}.history"] = x.unflatten(0, (1, 5)), kept
        v = video.to(dtype).transpose(1, 2)
        out["enc.mean"] = m.encoder(v)[0].unflatten(0, (1, 2))
        out["enc.latents"] = m.encode(v)
        turn = lambda t: t.transpose(1, 2).contiguous() if t.dim() == 5 else t
        return {k: turn(t) for k, t in out.items()}

    record(folder, case, "The embedded world's VAE with small random weights. in.z and enc.latents are normalised, (mean - latents_mean) / latents_std; everything is "
           "[B, C, F, h, w]. dec.sample: all five latent frames at once; dec.chunk#: one at a time with history, equal to it. history: the last two feature maps after silu(norm(x))."
           + " last_picture: the fourth picture of the last latent frame at 1/4 of the size, which the next latent frame's first three follow from." * carry,
           {"in.z": z, "in.video": video}, run)
    model.float()


TEXTS = ["A Snowy forest at night, with a train", "night falls", "day, then night", "night, then day", "the rain stops", "please add a dragon", "it's snowing; crossing the SEA", "",
         "a citty in the fogg, hot air baloon", "caf\u00e9 na\u00efve \u6d77 \U0001f682 o\u2019clock x", "slow down and make it sunny", "to the left, ink style",
         " ".join(["faster"] * 30 + ["desert"] * 30 + ["a"] * 10)]
CONDITIONS = [[0, 0, 0, 0, 0, 0, 0], [5, 3, 3, 8, 2, 1, 3], [2, .5, 1, 4, .25, 0, 2], [3, 3.5, 2, 7, 1.9, 1, 1], [1, 2.375, 0, 6, 1, 0, 0]]     # fractions: time wraps round


def text_case(folder):
    """Small random weights: the readings mean nothing, but every number of the way to them is held."""
    model = scrambled(text.TextEncoder({**text.CONFIG, "hidden_size": 32, "num_layers": 2, "buckets": 512}), 8)
    write_text(f"{folder}/world_text/text_encoder", model)
    meta = {"pairs": [], "conditions": CONDITIONS, "fnv1a": {w: word_pieces.fnv1a(w.encode()) for w in ("", "a", "<sea>", "\u6d77")}}

    def run(dtype):
        m = model.to(dtype)
        out = {"conditions": m.condition(torch.tensor(CONDITIONS))}
        for i, sentence in enumerate(TEXTS):
            slots, hidden = m(*m.batch([sentence]))
            out[f"{i}.slots"] = slots
            if word_pieces.words(sentence):
                out[f"{i}.tag_logits"] = m.tag_head(hidden)
            for a, name in enumerate(NAMES):
                out[f"{i}.logits.{name}"] = m.heads[name](slots[:, a])
        return out

    with torch.no_grad():
        for sentence in TEXTS:
            _, chosen, tags = model.encode([sentence])
            split = word_pieces.words(sentence)[-model.cfg["max_words"]:]
            meta["pairs"].append({"text": sentence, "words": split, "buckets_of_last_word": word_pieces.buckets(split[-1], model.cfg["buckets"]) if split else [],
                                  "values": dict(zip(NAMES, chosen[0].tolist())), "tags": tags[0], "canonical": canonical({**DEFAULT, **text.named(chosen[0])})})
    record(folder, "world_text", "The embedded world's text encoder, small random weights. meta.pairs gives each case's text, the words that enter, values (argmax of logits; 0: stays, "
           "1 + i: value i), tags (argmax of tag_logits, one row per word; none without words) and the canonical sentence of the default with what the text names. conditions: the rows that the transformer "
           "sees of meta.conditions (indices; a fraction lies between two words, time wraps round).", {}, run, meta)


if __name__ == "__main__":
    import sys
    out = sys.argv[1]
    v = vae.Vae()
    v.cfg["latents_mean"], v.cfg["latents_std"] = [0.0] * 32, [1.0] * 32
    write_model(out + "/world", scrambled(transformer.Transformer(), 1), scrambled(v, 2), scrambled(text.TextEncoder(), 3))
    vae_case(out + "/golden", carry=False)
    vae_case(out + "/golden", carry=True)
    text_case(out + "/golden")
