import type { CueReceipt } from '@sanalive/client';

export type Transition = 'natural' | 'cut' | 'blend';

/** The cue that is being written: its words, when it shall come and how. */
export class Draft {
  text = $state('');
  /** Null: as soon as possible. */
  inBlocks = $state<number | null>(null);
  transition = $state<Transition>('natural');
  blendBlocks = $state(8);
  /** The future cue that is being changed. */
  changing = $state.raw<CueReceipt | null>(null);

  get blend(): number | undefined {
    if (this.transition === 'natural') return undefined;
    return this.transition === 'cut' ? 0 : this.blendBlocks;
  }

  change(receipt: CueReceipt, nextBlock: number): void {
    this.changing = receipt;
    this.text = receipt.prompt;
    this.inBlocks = Math.max(1, receipt.block - nextBlock);
    this.transition = receipt.blendBlocks === 0 ? 'cut' : 'blend';
    if (receipt.blendBlocks > 0) this.blendBlocks = receipt.blendBlocks;
  }

  clear(): void {
    this.text = '';
    this.inBlocks = null;
    this.changing = null;
  }
}
