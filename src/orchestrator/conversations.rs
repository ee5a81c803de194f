//! Stored conversations and feedback, for the doors. Thin: the store does the work.

use super::{Orchestrator, turn::TurnError};

impl Orchestrator {
    /// Begins a conversation and returns its id.
    ///
    /// # Errors
    /// [`TurnError::Store`]
    pub async fn create_conversation(&self) -> Result<String, TurnError> {
        Ok(self.0.parts.store.create_conversation().await?)
    }

    /// The latest conversations; those before the id `before` and with `query` in a message, where
    /// these are given.
    ///
    /// # Errors
    /// [`TurnError::Store`]
    pub async fn conversations(
        &self,
        limit: u32,
        before: Option<&str>,
        query: Option<&str>,
    ) -> Result<serde_json::Value, TurnError> {
        let store = &self.0.parts.store;
        let found = store.conversations(limit, before, query).await?;
        Ok(serde_json::json!(found))
    }

    /// A conversation with its messages; `None` where there is none of this id.
    ///
    /// # Errors
    /// [`TurnError::Store`]
    pub async fn conversation(&self, id: &str) -> Result<Option<serde_json::Value>, TurnError> {
        let found = self.0.parts.store.conversation(id).await?;
        Ok(found.map(|found| serde_json::json!(found)))
    }

    /// Deletes a conversation with all that belongs to it; false where there was none.
    ///
    /// # Errors
    /// [`TurnError::Store`]
    pub async fn delete_conversation(&self, id: &str) -> Result<bool, TurnError> {
        Ok(self.0.parts.store.delete_conversation(id).await?)
    }

    /// Keeps a rating of an answer; false where there is no such answer.
    ///
    /// # Errors
    /// [`TurnError::Store`]
    pub async fn feedback(
        &self,
        message_id: &str,
        rating: i64,
        comment: Option<&str>,
    ) -> Result<bool, TurnError> {
        Ok(self
            .0
            .parts
            .store
            .feedback(message_id, rating, comment)
            .await?)
    }
}
