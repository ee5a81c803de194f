//! What the encoder computes with: for every token its features.

use rayon::prelude::*;

use super::kernel::{Row, WIDTH};

/// Who computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Cores {
    /// The calling thread.
    One,
    /// The threads of the pool that the caller is in.
    All,
}

/// The features of some tokens, in blocks of [`WIDTH`]: block by block, and in it token by token.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The blocks in use, and room from before.
    room: Vec<Row>,
    tokens: usize,
    blocks: usize,
}

impl Rows {
    /// Room for so many blocks of features; what is in them is undefined.
    pub(super) fn resize(&mut self, tokens: usize, blocks: usize) {
        (self.tokens, self.blocks) = (tokens, blocks);
        let rows = self.room.len().max(tokens * blocks);
        self.room.resize(rows, Row::ZERO);
    }

    pub(super) fn tokens(&self) -> usize {
        self.tokens
    }

    pub(super) fn blocks(&self) -> usize {
        self.blocks
    }

    /// A block of features of every token.
    pub(super) fn block(&self, block: usize) -> &[Row] {
        &self.room[block * self.tokens..][..self.tokens]
    }

    /// A block of features of one token.
    pub(super) fn row(&self, block: usize, token: usize) -> &Row {
        &self.room[block * self.tokens + token]
    }

    pub(super) fn row_mut(&mut self, block: usize, token: usize) -> &mut Row {
        &mut self.room[block * self.tokens + token]
    }

    /// `work` on so many blocks at a time, with their number.
    pub(super) fn each_block(
        &mut self,
        blocks: usize,
        cores: Cores,
        work: impl Fn(usize, &mut [Row]) + Sync,
    ) {
        let size = (blocks * self.tokens).max(1);
        let rows = &mut self.room[..self.tokens * self.blocks];
        match cores {
            Cores::One => {
                for (number, rows) in rows.chunks_mut(size).enumerate() {
                    work(number, rows);
                }
            }
            Cores::All => rows
                .par_chunks_mut(size)
                .enumerate()
                .for_each(|(number, rows)| work(number, rows)),
        }
    }

    /// Adds `other`, which has as many tokens and blocks.
    pub(super) fn add(&mut self, other: &Self) {
        let rows = &mut self.room[..self.tokens * self.blocks];
        for (row, other) in rows.iter_mut().zip(&other.room) {
            row.add(other);
        }
    }

    /// Layer normalization (Ba, Kiros and Hinton 2016) of each token's features.
    pub(super) fn normalize(&mut self, norm: &Norm) {
        #[expect(clippy::cast_precision_loss, reason = "some hundred features")]
        let features = (self.blocks() * WIDTH) as f32;
        for token in 0..self.tokens {
            let blocks = 0..self.blocks();
            let sum: f32 = blocks.clone().map(|at| self.row(at, token).sum()).sum();
            let mean = sum / features;
            let mut squares = 0.0;
            for block in blocks.clone() {
                let row = self.row_mut(block, token);
                row.map(|half| half - mean);
                let [low, high] = row.halves();
                squares += (low * low + high * high).reduce_add();
            }
            let scale = (squares / features + norm.epsilon).sqrt().recip();
            for block in blocks {
                let ([low, high], row) = (norm.weight[block].halves(), self.row_mut(block, token));
                row.map(|half| half * scale);
                let halves = row.halves();
                *row = Row::of([halves[0] * low, halves[1] * high]);
                row.add(&norm.bias[block]);
            }
        }
    }
}

/// What layer normalization needs beside the features.
#[derive(Debug)]
pub(super) struct Norm {
    pub(super) weight: Vec<Row>,
    pub(super) bias: Vec<Row>,
    pub(super) epsilon: f32,
}
