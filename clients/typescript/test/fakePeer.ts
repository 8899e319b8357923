/** As much of an RTCPeerConnection as the player touches, driven by the test. */
export class FakePeer {
  connectionState: RTCPeerConnectionState = 'new';
  localDescription: { sdp: string } | null = null;
  remote: string | undefined;
  closed = false;
  frames = 0;
  roundTrip: number | undefined;
  ontrack: ((event: { streams: unknown[]; track: unknown }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  readonly transceivers: unknown[] = [];

  addTransceiver(kind: string, init: unknown): void {
    this.transceivers.push([kind, init]);
  }

  async setLocalDescription(): Promise<void> {
    this.localDescription = { sdp: 'v=0\r\no=offer\r\n' };
  }

  async setRemoteDescription(answer: { sdp: string }): Promise<void> {
    this.remote = answer.sdp;
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  async getStats(): Promise<Map<string, Record<string, unknown>>> {
    return new Map([
      ['in', { type: 'inbound-rtp', kind: 'video', framesDecoded: this.frames, framesDropped: 1, packetsLost: 2, bytesReceived: 100 }],
      ['pair', { type: 'candidate-pair', nominated: true, currentRoundTripTime: this.roundTrip }],
    ]);
  }

  close(): void {
    this.closed = true;
    this.connectionState = 'closed';
  }
}
