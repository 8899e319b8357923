"""Trains the embedded world from nothing, stage after stage, and writes the model folder. Nothing is downloaded. Run again, it resumes.

    train.py <work folder> [--export <folder>] [--scale 1.0] [--workers 1]

<work folder> keeps checkpoints, loss curves (*.csv) and pictures (*.png). --scale stretches every stage's time budget (1.0 is about three and a half
hours of two free CPU cores). On a CPU: OPENBLAS_CORETYPE=SkylakeX, OMP_NUM_THREADS=1 with --workers = cores, GOMP_SPINCOUNT=1000,
MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=20000000000 (a quarter of the time goes to fresh pages otherwise).
"""
import argparse
import os

import torch

import export
import text
import train_spelling
import train_text
import train_vae
import train_world
import transformer


def main():
    p = argparse.ArgumentParser()
    p.add_argument("work"), p.add_argument("--export"), p.add_argument("--scale", type=float, default=1.0)
    p.add_argument("--workers", type=int, default=1)
    a = p.parse_args()
    work, s = a.work, a.scale
    cores = int(os.environ.get("OMP_NUM_THREADS", os.cpu_count()))
    torch.set_num_threads(1 if a.workers > 1 else cores)
    shared = dict(workers=a.workers)
    train_text.train(work, 8 * s)
    train_spelling.run(work)
    train_text.train(work, 10 * s)
    train_vae.train(work, 40 * s, **shared)
    train_vae.train(work, 30 * s, name="decoder", start_from=work + "/vae.pt", decoder_only=True, blur=.1, alike=1.5, muon_rate=.002, rate=3e-4, **shared)
    world = dict(pool_path=work + "/pool.pt", scenes=6, copies=2, fresh=5, continuing=2.0, **shared)
    train_world.train(work, work, 100 * s, name="world", muon_rate=.012, rate=1e-3, **world)
    train_world.train(work, work, 30 * s, name="rollout", muon_rate=.005, rate=5e-4, own_past=.5, start_from=work + "/world.pt", **world)
    if a.export:
        export.write_model(a.export, train_world.load_average(transformer.Transformer(), work + "/rollout.pt"), train_world.load_vae(work, "decoder.pt"),
                           train_world.load_average(text.TextEncoder(), work + "/text.pt"))


if __name__ == "__main__":
    main()
