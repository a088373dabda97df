const SAMPLES_PER_MS = 8;

/** A silent WAV: 8 kHz, 8 bits, mono. @param {number} ms */
export function silence(ms) {
  const samples = Math.max(10, ms) * SAMPLES_PER_MS;
  const bytes = new Uint8Array(44 + samples).fill(128);
  bytes.set(
    new TextEncoder().encode("RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0@\x1f\0\0@\x1f\0\0\x01\0\x08\0data\0\0\0\0"),
  );
  const view = new DataView(bytes.buffer);
  view.setUint32(4, 36 + samples, true);
  view.setUint32(40, samples, true);
  return bytes;
}
