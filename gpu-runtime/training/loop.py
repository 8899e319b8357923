"""What all stages share: a time budget, a learning rate that follows it, an average of the weights, a CSV, checkpoints that resume."""
import copy
import csv
import functools
import math
import os
import time

import torch
import torch.multiprocessing as processes

import muon
import tensors


def weights(path):
    """The averaged weights of a checkpoint, or those of an exported model's part."""
    if path.endswith(".safetensors"):
        return {k: v.float() for k, v in tensors.read(path).items()}
    return torch.load(path, map_location="cpu")["average"]


def autocast():
    """bf16 where it is the faster one (on some CPUs its dot products run at half the rate of fp32), or as SANALIVE_PRECISION says."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16_pays())


@functools.lru_cache(None)
def bf16_pays():
    if "SANALIVE_PRECISION" in os.environ:
        return os.environ["SANALIVE_PRECISION"] == "bf16"
    times = []
    for kind in (torch.float32, torch.bfloat16):
        x, w = torch.randn(960, 576, dtype=kind), torch.randn(576, 576, dtype=kind)
        best = 1e9
        for _ in range(8):
            began = time.perf_counter()
            for _ in range(4):
                x @ w
            best = min(best, time.perf_counter() - began)
        times.append(best)
    print(f"matrix products: fp32 {times[0] * 1e3:.2f} ms, bf16 {times[1] * 1e3:.2f} ms; training in {'bf16' if times[1] < .8 * times[0] else 'fp32'}", flush=True)
    return times[1] < .8 * times[0]


class Loop:
    """Train `model` for `minutes` of wall-clock time, over as many starts as it takes.

    step(model) returns (loss, dict of numbers to log). The learning rate warms up over 100 steps and falls along a cosine of the time spent;
    `average` is an exponential moving average of the weights, which is what is exported."""

    def __init__(self, name, model, folder, minutes, rate, decay=.998, floor=.04, betas=(.9, .98), weight_decay=.01, clip=1.0, every=120, start_from=None,
                 freeze=None, hidden=None, muon_rate=.01, workers=1):
        self.name, self.model, self.folder, self.minutes = name, model, folder, minutes
        self.rate, self.decay, self.floor, self.clip, self.every = rate, decay, floor, clip, every
        named = [(n, p) for n, p in model.named_parameters() if not (freeze and n.startswith(freeze))]
        self.parameters = [p for _, p in named]
        inner = [p for n, p in named if hidden and p.dim() >= 2 and hidden(n)]         # hidden matrices: Muon
        others = [p for n, p in named if not (hidden and p.dim() >= 2 and hidden(n))]
        self.optimizers = [(torch.optim.AdamW(others, lr=rate, betas=betas, weight_decay=weight_decay), rate)]
        if inner:
            self.optimizers.append((muon.Muon(inner, lr=muon_rate), muon_rate))
        self.average = copy.deepcopy(model)
        self.steps, self.seconds, self.workers = 0, 0.0, workers
        os.makedirs(folder, exist_ok=True)
        self.path = os.path.join(folder, name + ".pt")
        if os.path.exists(self.path):
            self.load(self.path)
        elif start_from:
            saved = weights(start_from)
            known = model.state_dict()
            fits = {k: v for k, v in saved.items() if k in known and known[k].shape == v.shape}
            print(f"{name}: {len(fits)} of {len(known)} tensors from {start_from}", flush=True)
            model.load_state_dict(fits, strict=False)
            self.average.load_state_dict(model.state_dict())

    def load(self, path):
        saved = torch.load(path, map_location="cpu")
        self.model.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        for (optimizer, _), state in zip(self.optimizers, saved["optimizers"]):
            optimizer.load_state_dict(state)
        self.steps, self.seconds = saved["steps"], saved["seconds"]

    def save(self):
        temporary = self.path + ".tmp"
        torch.save({"model": self.model.state_dict(), "average": self.average.state_dict(), "optimizers": [o.state_dict() for o, _ in self.optimizers],
                    "steps": self.steps, "seconds": self.seconds}, temporary)
        os.replace(temporary, self.path)

    def help(self, number, step, gradients, meet):
        """A second process with its own batch: gradients are added once per step. On a busy machine one thread in each of two processes waits far
        less than two threads that meet after every operation."""
        torch.manual_seed(1000 * number + self.steps)
        while True:
            self.model.zero_grad(set_to_none=True)
            step(self.model)[0].backward()
            for shared, p in zip(gradients, self.parameters):
                shared.zero_() if p.grad is None else shared.copy_(p.grad)
            meet.wait(600)                               # every gradient is there
            meet.wait(600)                               # the weights have moved
            self.steps += 1

    def run(self, step, look=None):
        others, meet = [], None
        if self.workers > 1:
            context = processes.get_context("fork")
            self.model.share_memory()
            meet = context.Barrier(self.workers)
            for number in range(1, self.workers):
                gradients = [torch.zeros_like(p).share_memory_() for p in self.parameters]
                others.append(gradients)
                context.Process(target=self.help, args=(number, step, gradients, meet), daemon=True).start()
        budget = self.minutes * 60
        log = os.path.join(self.folder, self.name + ".csv")
        sums, last_save = {}, time.time()
        while self.seconds < budget:
            began = time.time()
            factor = min(1, (self.steps + 1) / 100) * (self.floor + (1 - self.floor) * .5 * (1 + math.cos(math.pi * self.seconds / budget)))
            for optimizer, rate in self.optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = rate * factor
            total, numbers = step(self.model)
            for optimizer, _ in self.optimizers:
                optimizer.zero_grad(set_to_none=True)
            total.backward()
            if others:
                meet.wait(600)
                for i, p in enumerate(self.parameters):
                    for gradients in others:
                        p.grad = gradients[i].clone() if p.grad is None else p.grad.add_(gradients[i])
                    p.grad.div_(self.workers)
            norm = torch.nn.utils.clip_grad_norm_(self.parameters, self.clip)
            if torch.isfinite(norm):
                for optimizer, _ in self.optimizers:
                    optimizer.step()
            if others:
                meet.wait(600)
            self.steps += 1
            decay = min(self.decay, (self.steps + 1) / (self.steps + 10))
            with torch.no_grad():
                for a, p in zip(self.average.parameters(), self.model.parameters()):
                    a.lerp_(p, 1 - decay)
            self.seconds += time.time() - began
            for k, v in numbers.items():
                sums.setdefault(k, []).append(v)
            if self.steps % 25 == 0:
                row = {"steps": self.steps, "seconds": round(self.seconds, 1), "rate": f"{factor:.3f}", **{k: f"{sum(sums[k]) / len(sums[k]):.5f}" for k in sorted(sums)}}
                new = not os.path.exists(log)
                with open(log, "a", newline="") as f:
                    writer = csv.DictWriter(f, row.keys())
                    if new:
                        writer.writeheader()
                    writer.writerow(row)
                print(self.name, row, flush=True)
                sums = {}
            if time.time() - last_save > self.every:
                self.save()
                if look:
                    look(self.average)
                last_save = time.time()
        self.save()
        if look:
            look(self.average)
