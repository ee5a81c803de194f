//! Drawings of figures for reports, for whoever has some: places and SVG, no figures of its own.

pub(crate) mod bars;
pub(crate) mod curves;
