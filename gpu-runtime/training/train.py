"""Trains the embedded world from nothing, stage after stage, and writes the model folder. Nothing is downloaded. Run again, it resumes.

    train.py <work folder> [--export <folder>] [--scale 1.0]

<work folder> keeps checkpoints, loss curves (*.csv) and pictures (*.png). --scale stretches every stage's time budget (1.0 is about two hours of
two free CPU cores). On a CPU: OPENBLAS_CORETYPE=SkylakeX, OMP_NUM_THREADS = cores, GOMP_SPINCOUNT=1000,
MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=20000000000 (a quarter of the time goes to fresh pages otherwise).
"""
import argparse
import os

import torch

import export
import text
import train_text
import train_vae
import train_world
import transformer


def main():
    p = argparse.ArgumentParser()
    p.add_argument("work"), p.add_argument("--export"), p.add_argument("--scale", type=float, default=1.0)
    a = p.parse_args()
    work, s = a.work, a.scale
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    train_text.train(work, 6 * s)
    train_vae.train(work, 40 * s)
    train_world.train(work, work, work, 40 * s, height=96, batch=4, name="world96", pool_path=work + "/pool96.pt")
    train_world.train(work, work, work, 40 * s, height=192, batch=1, name="world192", muon_rate=.01, shift=4.0, pool_size=800, fill=48, pool_path=work + "/pool192.pt",
                      start_from=work + "/world96.pt")
    if a.export:
        export.write_model(a.export, train_world.load_average(transformer.Transformer(), work + "/world192.pt"), train_world.load_vae(work),
                           train_world.load_average(text.TextEncoder(), work + "/text.pt"))


if __name__ == "__main__":
    main()
