"""Plays a WHEP stream with aiortc for some seconds and prints what arrived, as JSON."""
import asyncio
import json
import sys
import time
import urllib.request

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError


async def play(url, seconds):
    peer = RTCPeerConnection()
    peer.addTransceiver("video", direction="recvonly")
    tracks = asyncio.Queue()
    peer.on("track", tracks.put_nowait)
    await peer.setLocalDescription(await peer.createOffer())
    request = urllib.request.Request(
        url, peer.localDescription.sdp.encode(), {"Content-Type": "application/sdp"}, method="POST")
    answer = await asyncio.get_running_loop().run_in_executor(None, lambda: urllib.request.urlopen(request).read().decode())
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    track = await tracks.get()
    frame = await asyncio.wait_for(track.recv(), 20)
    start, frames = time.monotonic(), 0
    try:
        while time.monotonic() - start < seconds:
            frame = await asyncio.wait_for(track.recv(), 5)
            frames += 1
    except MediaStreamError:
        pass
    elapsed = time.monotonic() - start
    await peer.close()
    print(json.dumps({"frames": frames, "seconds": elapsed, "width": frame.width, "height": frame.height}))


asyncio.run(play(sys.argv[1], float(sys.argv[2])))
