/** The lines of a stream of UTF-8 bytes, without their ends. Holds one line and one chunk at a time. */
export async function* readLines(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = bytes.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      const parts = (rest + decoder.decode(chunk.value, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) yield part.endsWith("\r") ? part.slice(0, -1) : part;
    }
    rest += decoder.decode();
    if (rest !== "") yield rest;
  } finally {
    // Whoever stops reading early does not leave the download running.
    await reader.cancel().catch(() => undefined);
  }
}
