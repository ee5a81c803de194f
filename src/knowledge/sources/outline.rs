//! From headings and the text between them to sections that know all headings above them.

use super::Section;

/// A heading and the text up to the next one.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// 1 to 6; 0 for the text before the first heading.
    pub(super) level: u8,
    /// The heading's text.
    pub(super) heading: String,
    /// What stands between it and the next heading.
    pub(super) text: String,
    /// The page it begins on, where the file has pages.
    pub(super) page: Option<u32>,
}

/// The sections of a document called `title`, which is not repeated among their headings.
pub(super) fn sections(title: Option<&str>, parts: &[Part]) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut above: Vec<(u8, &str)> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        above.retain(|(level, _)| *level < part.level);
        if !part.heading.is_empty() && Some(part.heading.as_str()) != title {
            above.push((part.level, &part.heading));
        }
        let mut text = part.text.as_str();
        if text.trim().is_empty() {
            // A heading with nothing under it, not even deeper headings, would be lost.
            let is_leaf = parts
                .get(index + 1)
                .is_none_or(|next| next.level <= part.level);
            if !is_leaf || part.heading.is_empty() {
                continue;
            }
            text = &part.heading;
        }
        sections.push(Section {
            headings: above
                .iter()
                .map(|(_, heading)| (*heading).to_owned())
                .collect(),
            text: text.to_owned(),
            page: part.page,
        });
    }
    sections
}
