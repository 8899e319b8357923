"""A viewer of its own make (aiortc): says its offer, reads the answer, and counts the frames that it decodes.

One line of JSON goes out with the offer, one comes in with the answer, one goes out with the counts when no
frame has come for two seconds or the track has ended.
"""

import asyncio
import json
import sys

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError


async def main():
    connection = RTCPeerConnection()
    connection.addTransceiver("video", direction="recvonly")
    tracks = asyncio.Queue()
    connection.on("track", tracks.put_nowait)
    await connection.setLocalDescription(await connection.createOffer())
    print(json.dumps({"sdp": connection.localDescription.sdp}), flush=True)
    answer = json.loads(await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline))
    await connection.setRemoteDescription(RTCSessionDescription(sdp=answer["sdp"], type="answer"))

    track = await asyncio.wait_for(tracks.get(), 20)
    frames, sizes, stamps = 0, set(), set()
    try:
        frame = await asyncio.wait_for(track.recv(), 20)
        while True:
            frames += 1
            sizes.add(f"{frame.width}x{frame.height}")
            stamps.add(frame.pts)
            frame = await asyncio.wait_for(track.recv(), 2)
    except (asyncio.TimeoutError, MediaStreamError):
        pass
    print(json.dumps({"frames": frames, "distinct": len(stamps), "sizes": sorted(sizes)}), flush=True)
    await connection.close()


asyncio.run(main())
