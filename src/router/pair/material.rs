//! All that is known of the rows of a fit, computed once, and the features made of it.

use super::{
    Row, neighbours,
    neighbours::Nearest,
    projection::Projection,
    surface::surface,
    words::{Linear, Terms, Vocabulary},
};

/// What a forest may look at besides a query's surface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sight {
    /// What the query is about.
    pub(super) topic: bool,
    /// How the models did on rows like it.
    pub(super) precedent: bool,
}

impl Sight {
    /// The features of one query in the order that forests know.
    pub(super) fn join(self, surface: &[f32], topic: &[f32], precedent: &[f32]) -> Vec<f32> {
        let mut features = surface.to_vec();
        if self.topic {
            features.extend(topic);
        }
        if self.precedent {
            features.extend(precedent);
        }
        features
    }
}

/// Everything but labels is computed from all rows, those held out later among them; it doesn't
/// know whether a model was right.
pub(super) struct Material {
    /// Weak and strong, 1 where right.
    pub(super) answers: Vec<[f32; 2]>,
    pub(super) gains: Vec<f32>,
    pub(super) surfaces: Vec<Vec<f32>>,
    pub(super) topics: Vec<Vec<f32>>,
    pub(super) projection: Projection,
    pub(super) vocabulary: Vocabulary,
    terms: Vec<Terms>,
    nearest: Vec<Nearest>,
}

/// The words' say, fitted for both models.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Wording {
    pub(super) weak: Linear,
    pub(super) strong: Linear,
}

impl Wording {
    pub(super) fn estimate(&self, terms: &Terms) -> [f32; 2] {
        [self.weak.predict(terms), self.strong.predict(terms)]
    }
}

/// Two estimates of both models' success as features: each as it is, and their difference.
pub(super) fn precedent(near: [f32; 2], wording: [f32; 2]) -> [f32; 6] {
    let [a, b] = [near, wording].map(|[weak, strong]| [weak, strong, strong - weak]);
    [a[0], a[1], a[2], b[0], b[1], b[2]]
}

impl Material {
    /// Costly.
    pub(super) fn of(rows: &[Row], vectors: &[Vec<f32>]) -> Self {
        let queries: Vec<&str> = rows.iter().map(|row| row.query.as_str()).collect();
        let projection = Projection::of(vectors);
        let vocabulary = Vocabulary::of(&queries);
        let right = |is: bool| f32::from(u8::from(is));
        Self {
            answers: rows
                .iter()
                .map(|row| [right(row.weak), right(row.strong)])
                .collect(),
            gains: rows.iter().map(|row| f32::from(row.gain())).collect(),
            surfaces: queries.iter().map(|query| surface(query)).collect(),
            topics: vectors
                .iter()
                .map(|vector| projection.of_vector(vector))
                .collect(),
            terms: queries
                .iter()
                .map(|query| vocabulary.terms(query))
                .collect(),
            nearest: neighbours::among(vectors),
            projection,
            vocabulary,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.gains.len()
    }

    /// What the words say, fitted on the rows that `known` tells.
    pub(super) fn wording(&self, known: impl Fn(usize) -> bool) -> Wording {
        let members: Vec<usize> = (0..self.len()).filter(|&index| known(index)).collect();
        let terms: Vec<&Terms> = members.iter().map(|&index| &self.terms[index]).collect();
        let [weak, strong] = [0, 1].map(|model| {
            let targets: Vec<f32> = members
                .iter()
                .map(|&index| self.answers[index][model])
                .collect();
            Linear::fit(&terms, &targets, self.vocabulary.len())
        });
        Wording { weak, strong }
    }

    /// What the rows that `known` tells say of one row's neighbourhood; never the row itself.
    pub(super) fn near(&self, index: usize, known: &[bool]) -> [f32; 2] {
        let all = known.iter().filter(|known| **known).count();
        self.near_of(index, known, all, [0.5; 2])
    }

    fn near_of(&self, index: usize, known: &[bool], all: usize, otherwise: [f32; 2]) -> [f32; 2] {
        let nearest = &self.nearest[index];
        neighbours::estimate(nearest, &self.answers, all, |index| known[index], otherwise)
    }

    /// The precedents of all rows, learnt from the known ones only. A known row's own answers are
    /// never among its precedents: its words are judged by a fit on other `parts`.
    pub(super) fn precedents(&self, known: &[bool], parts: &[usize]) -> Vec<[f32; 6]> {
        let all = known.iter().filter(|known| **known).count();
        let count = parts.iter().max().map_or(0, |part| part + 1);
        let apart: Vec<Wording> = (0..count)
            .map(|part| self.wording(|index| known[index] && parts[index] != part))
            .collect();
        let whole = self.wording(|index| known[index]);
        (0..self.len())
            .map(|index| {
                let wording = if known[index] {
                    &apart[parts[index]]
                } else {
                    &whole
                };
                let words = wording.estimate(&self.terms[index]);
                precedent(self.near_of(index, known, all, words), words)
            })
            .collect()
    }
}
