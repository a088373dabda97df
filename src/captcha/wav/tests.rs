use super::*;
use proptest::prelude::*;

fn scan(bytes: &[u8]) -> Result<Envelope, NotWav> {
    let mut scanner = Scanner::default();
    scanner.feed(bytes);
    scanner.finish()
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = name.to_vec();
    out.extend((body.len() as u32).to_le_bytes());
    out.extend(body);
    if body.len() % 2 == 1 {
        out.push(0);
    }
    out
}

fn format(tag: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    let block = channels * bits / 8;
    let mut out = Vec::new();
    out.extend(tag.to_le_bytes());
    out.extend(channels.to_le_bytes());
    out.extend(rate.to_le_bytes());
    out.extend((rate * u32::from(block)).to_le_bytes());
    out.extend(block.to_le_bytes());
    out.extend(bits.to_le_bytes());
    out
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body: Vec<u8> = chunks.concat();
    let mut out = b"RIFF".to_vec();
    out.extend((body.len() as u32 + 4).to_le_bytes());
    out.extend(b"WAVE");
    out.extend(body);
    out
}

/// 100 ms of loud sound, then 100 ms of silence.
fn pcm(channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    let count = (rate / 10) as usize * channels as usize;
    let (loud, quiet): (&[u8], &[u8]) = match bits {
        8 => (&[228], &[128]),
        _ => (&25600i16.to_le_bytes(), &[0, 0]),
    };
    [loud.repeat(count), quiet.repeat(count)].concat()
}

#[test]
fn every_plain_format_gives_the_same_envelope() {
    for bits in [8, 16] {
        for channels in [1, 2] {
            for rate in [8000, 11025, 16000, 22050, 44100, 48000] {
                let wav = riff(&[
                    chunk(b"fmt ", &format(1, channels, rate, bits)),
                    chunk(b"data", &pcm(channels, rate, bits)),
                ]);
                let levels = scan(&wav).unwrap().levels;
                assert_eq!(levels.len(), 20, "{bits} {channels} {rate}");
                assert!(
                    levels[..9].iter().all(|&l| l == 25600),
                    "{bits} {channels} {rate}"
                );
                assert!(
                    levels[11..].iter().all(|&l| l == 0),
                    "{bits} {channels} {rate}"
                );
            }
        }
    }
}

#[test]
fn extensible_format_unknown_and_odd_chunks_are_read_through() {
    let mut extensible = format(0xfffe, 1, 8000, 16);
    extensible.extend([22, 0, 16, 0, 4, 0, 0, 0]);
    extensible.extend([
        1, 0, 0, 0, 0, 0, 16, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71,
    ]);
    let wav = riff(&[
        chunk(b"LIST", b"odd"),
        chunk(b"junk", b""),
        chunk(b"fmt ", &extensible),
        chunk(b"fact", &[1, 2, 3, 4, 5]),
        chunk(b"data", &pcm(1, 8000, 16)),
        chunk(b"id3 ", b"tail"),
    ]);
    assert_eq!(scan(&wav).unwrap().levels.len(), 20);
}

#[test]
fn a_stream_written_without_a_length_is_read_to_its_end() {
    for size in [0u32, u32::MAX] {
        let mut wav = riff(&[chunk(b"fmt ", &format(1, 1, 8000, 16))]);
        wav.extend(b"data");
        wav.extend(size.to_le_bytes());
        wav.extend(pcm(1, 8000, 16));
        assert_eq!(scan(&wav).unwrap().levels.len(), 20);
    }
}

#[test]
fn a_format_that_cannot_be_looked_into_is_audio_all_the_same() {
    for (tag, bits) in [(3, 32), (6, 8), (1, 24)] {
        let wav = riff(&[
            chunk(b"fmt ", &format(tag, 1, 8000, bits)),
            chunk(b"data", &[1; 400]),
        ]);
        assert_eq!(scan(&wav).unwrap(), Envelope::default());
    }
}

#[test]
fn what_is_no_wav_is_refused() {
    assert_eq!(scan(b""), Err(NotWav::NotRiff));
    assert_eq!(
        scan(b"<!doctype html><title>error</title>"),
        Err(NotWav::NotRiff)
    );
    assert_eq!(scan(b"RIFF\x04\0\0\0AVI "), Err(NotWav::NotRiff));
    assert_eq!(
        scan(&riff(&[chunk(b"fmt ", &format(1, 1, 8000, 16))])),
        Err(NotWav::Truncated)
    );
}

proptest! {
    #[test]
    fn pieces_of_any_size_give_the_same_result(cuts in prop::collection::vec(1usize..700, 0..40), bits in prop::sample::select(vec![8u16, 16])) {
        let wav = riff(&[chunk(b"LIST", b"odd"), chunk(b"fmt ", &format(1, 2, 8000, bits)), chunk(b"data", &pcm(2, 8000, bits))]);
        let mut scanner = Scanner::default();
        let mut rest = &wav[..];
        for cut in cuts {
            let (now, later) = rest.split_at(cut.min(rest.len()));
            scanner.feed(now);
            rest = later;
        }
        scanner.feed(rest);
        prop_assert_eq!(scanner.finish(), scan(&wav));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), head in any::<bool>()) {
        let mut wav = if head { b"RIFF\x40\0\0\0WAVEfmt ".to_vec() } else { Vec::new() };
        wav.extend(bytes);
        let _ = scan(&wav);
    }
}
