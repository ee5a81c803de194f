//! The templates themselves: compiled in, overridden by files, and found wanting by name and line.

use std::path::{Path, PathBuf};

use handlebars::{Handlebars, no_escape};
use serde_json::Value;
use thiserror::Error;

/// Why a template can't be used.
#[derive(Debug, Error)]
pub enum PromptError {
    /// The file can't be read.
    #[error("{}: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is no Handlebars template.
    #[error("{file}:{line}: {reason}")]
    Syntax {
        /// The template's file.
        file: String,
        /// Its line, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// It asks for something that there isn't.
    #[error("{file}:{line}: {reason}")]
    Render {
        /// The template's file.
        file: String,
        /// Its line, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
}

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        /// Every template, by its path under `templates/` without the ending.
        pub(super) const NAMES: &[&str] = &[$($name),*];
        const BUILT_IN: &[&str] = &[$(include_str!(concat!("../../templates/", $name, ".hbs"))),*];
    };
}

templates![
    "prompts/knowledge_system",
    "prompts/knowledge_user",
    "prompts/knowledge_prefix",
    "prompts/grounded_system",
    "prompts/grounded_user",
    "prompts/followup_system",
    "prompts/followup_user",
    "prompts/command_system",
    "prompts/command_user",
    "prompts/consistent_system",
    "prompts/consistent_user",
    "prompts/smalltalk_system",
    "prompts/smalltalk_user",
    "prompts/escalate",
    "answers/greeting",
    "answers/thanks",
    "answers/goodbye",
    "answers/degraded",
    "answers/decline",
];

pub(super) struct Library {
    templates: Handlebars<'static>,
    folder: Option<PathBuf>,
}

impl Library {
    /// Compiles all templates, those of `folder` before those built in.
    pub(super) fn load(folder: Option<&Path>) -> Result<Self, PromptError> {
        let mut templates = Handlebars::new();
        templates.register_escape_fn(no_escape);
        templates.set_strict_mode(true);
        let mut library = Self {
            templates,
            folder: folder.map(Path::to_owned),
        };
        for (name, built_in) in NAMES.iter().zip(BUILT_IN) {
            let text = library
                .overriding(name)?
                .unwrap_or_else(|| (*built_in).to_owned());
            let added = library.templates.register_template_string(name, text);
            added.map_err(|error| PromptError::Syntax {
                file: library.file(name),
                line: error.pos().map_or(1, |(line, _)| line),
                reason: error.reason().to_string(),
            })?;
        }
        Ok(library)
    }

    /// The template called `name`, filled; space around it goes.
    pub(super) fn render(&self, name: &str, data: &Value) -> Result<String, PromptError> {
        let text = self
            .templates
            .render(name, data)
            .map_err(|error| PromptError::Render {
                file: self.file(name),
                line: error.line_no.unwrap_or(1),
                reason: error.reason().to_string(),
            })?;
        Ok(text.trim().to_owned())
    }

    fn overriding(&self, name: &str) -> Result<Option<String>, PromptError> {
        let Some(file) = self
            .folder
            .as_ref()
            .map(|folder| folder.join(format!("{name}.hbs")))
        else {
            return Ok(None);
        };
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(PromptError::Unreadable { file, source }),
        }
    }

    fn file(&self, name: &str) -> String {
        let inside = format!("{name}.hbs");
        self.folder.as_ref().map_or_else(
            || format!("templates/{inside}"),
            |folder| folder.join(&inside).display().to_string(),
        )
    }
}
