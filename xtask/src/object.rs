//! A relocatable WebAssembly object, as rustc passes it to the linker.
//!
//! The format is specified in <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md>.

use std::collections::HashMap;
use std::ops::Range;

use anyhow::{Context, Result, ensure};
use wasmparser::{
    BinaryReader, CustomSectionReader, FunctionBody, KnownCustom, Linking, Operator, Parser,
    Payload, RelocSectionReader, RelocationType, SymbolInfo, TypeRef,
};

/// The value of `Run::calls` if the called function is unknown.
const NOTHING: u32 = u32::MAX;

/// The size of a call's operand. The linker writes the function's index there, so it is always five bytes wide.
const OPERAND: usize = 5;

pub(crate) struct Object<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) functions: Vec<Function>,
    /// Mangled names of functions, with their indices.
    pub(crate) names: Vec<(&'a str, u32)>,
    relocations: Relocations,
}

pub(crate) struct Function {
    pub(crate) index: u32,
    /// The function's body, from the declarations of its locals to its end.
    pub(crate) range: Range<usize>,
    pub(crate) runs: Vec<Run>,
}

/// Code without a branch that ends with a call: once it has begun, it reaches the call or traps.
pub(crate) struct Run {
    pub(crate) range: Range<usize>,
    /// Whether every call of the function begins this run.
    pub(crate) first: bool,
    /// The index of the function that is called at the end of the run.
    pub(crate) calls: u32,
}

/// The section `reloc.CODE`.
struct Relocations {
    /// The whole section, beginning with its kind.
    range: Range<usize>,
    /// The section's name, encoded as in the object.
    name: Range<usize>,
    /// The index of the section that the relocations are for.
    of: u32,
    entries: Vec<Relocation>,
}

struct Relocation {
    /// The position in the object that the linker changes.
    at: usize,
    /// The symbol of the function, if the relocation is for a call.
    function: Option<u32>,
    /// The bytes of the relocation itself.
    bytes: Range<usize>,
}

impl<'a> Object<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut functions = Vec::new();
        let mut imported = 0;
        let mut code = 0;
        let mut names = Vec::new();
        let mut symbols = HashMap::new();
        let mut relocations = None;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionStart {
                    unchecked_range, ..
                } => code = in_memory(unchecked_range).start,
                Payload::CodeSectionEntry(body) => functions.push(Function {
                    index: imported + functions.len() as u32,
                    range: in_memory(body.range()),
                    runs: runs(&body)?,
                }),
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Linking(linking) => {
                        for part in linking.subsections() {
                            let Linking::SymbolTable(table) = part? else {
                                continue;
                            };
                            for (symbol, info) in (0..).zip(table) {
                                if let SymbolInfo::Func { index, name, .. } = info? {
                                    symbols.insert(symbol, index);
                                    names.extend(name.map(|name| (name, index)));
                                }
                            }
                        }
                    }
                    KnownCustom::Reloc(reader) if section.name() == "reloc.CODE" => {
                        relocations = Some(Relocations::read(bytes, code, &section, &reader)?);
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        let relocations = relocations.context("the object has no relocations")?;
        // The operand of a call in the code is only a placeholder. The relocation names the function.
        let called: HashMap<usize, u32> = (relocations.entries.iter())
            .filter_map(|entry| Some((entry.at, *symbols.get(&entry.function?)?)))
            .collect();
        for run in functions.iter_mut().flat_map(|it| &mut it.runs) {
            run.calls = *called.get(&(run.range.end - OPERAND)).unwrap_or(&NOTHING);
        }
        Ok(Self {
            bytes,
            functions,
            names,
            relocations,
        })
    }

    /// The object with `code`, whose bytes have changed but not its length, and without the relocations in the ranges
    /// `erased`, which are in order.
    pub(crate) fn with_code(&self, mut code: Vec<u8>, erased: &[Range<usize>]) -> Vec<u8> {
        let Relocations {
            range,
            name,
            of,
            entries,
        } = &self.relocations;
        let mut kept = Vec::new();
        let mut count = 0;
        let mut erased = erased.iter().peekable();
        for entry in entries {
            while erased.next_if(|it| it.end <= entry.at).is_some() {}
            if !erased.peek().is_some_and(|it| it.contains(&entry.at)) {
                kept.extend_from_slice(&self.bytes[entry.bytes.clone()]);
                count += 1;
            }
        }
        let mut content = self.bytes[name.clone()].to_vec();
        push_leb(&mut content, *of);
        push_leb(&mut content, count);
        content.append(&mut kept);
        // A custom section is of kind 0.
        let mut section = vec![0];
        push_leb(&mut section, content.len() as u32);
        section.append(&mut content);
        code.splice(range.clone(), section);
        code
    }
}

impl Relocations {
    fn read(
        object: &[u8],
        code: usize,
        section: &CustomSectionReader<'_>,
        reader: &RelocSectionReader<'_>,
    ) -> Result<Self> {
        let content = in_memory(section.range());
        let data = section.data_offset() as usize;
        let mut entries: Vec<Relocation> = Vec::new();
        for entry in reader.entries().into_iter_with_offsets() {
            let (offset, entry) = entry?;
            let begin = offset as usize;
            if let Some(last) = entries.last_mut() {
                last.bytes.end = begin;
            }
            let is_call = matches!(entry.ty, RelocationType::FunctionIndexLeb);
            entries.push(Relocation {
                at: code + entry.offset as usize,
                function: is_call.then_some(entry.index),
                bytes: begin..content.end,
            });
        }
        // Before the content are the section's kind (one byte) and its size (one to five bytes).
        let start = (1..=OPERAND)
            .map(|width| content.start - width - 1)
            .find(|&at| object[at] == 0 && size_at(object, at + 1) == Some(content.len()));
        Ok(Self {
            range: start.context("the relocations have no header")?..content.end,
            name: content.start..data,
            of: reader.section_index(),
            entries,
        })
    }
}

fn size_at(object: &[u8], at: usize) -> Option<usize> {
    let size = BinaryReader::new(&object[at..], 0).read_var_u32();
    size.ok().map(|size| size as usize)
}

fn in_memory(range: Range<u64>) -> Range<usize> {
    range.start as usize..range.end as usize
}

/// The runs of a function, one for each call.
fn runs(body: &FunctionBody<'_>) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    let mut operators = body.get_operators_reader()?;
    let mut start = operators.original_position() as usize;
    let mut first = true;
    while !operators.eof() {
        let operator = operators.read()?;
        let end = operators.original_position() as usize;
        match operator {
            Operator::Call { .. } => {
                ensure!(end - start > OPERAND, "a call is no place for a relocation");
                runs.push(Run {
                    range: start..end,
                    first,
                    calls: NOTHING,
                });
            }
            // A branch can lead to the end of a block but not to its beginning, so `first` stays true.
            Operator::Block { .. } => start = end,
            Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Else
            | Operator::End
            | Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::BrTable { .. }
            | Operator::Return => {
                start = end;
                first = false;
            }
            _ => {}
        }
    }
    Ok(runs)
}

fn push_leb(out: &mut Vec<u8>, mut number: u32) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
