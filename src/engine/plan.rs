//! What one tick computes: a pure function from what each slot still has to do to what it may do.
//!
//! Running answers go first, one token each. The rest of the batch goes to prompts: half of it is
//! shared equally, so that none stands still, and what remains goes to the shortest first, so that
//! a short question overtakes a long one and equal ones end one after another instead of all late.

/// How many tokens of each slot to compute now. `pending` holds, by slot, the tokens not computed
/// yet (0: the slot is free; 1: an answer's last token). The sum is at most `budget`, and above 0
/// if anything is pending and `budget` is.
pub(super) fn plan(pending: &[usize], budget: usize) -> Vec<usize> {
    let mut take = vec![0; pending.len()];
    let mut left = budget;

    for (slot, &tokens) in pending.iter().enumerate() {
        if tokens == 1 && left > 0 {
            take[slot] = 1;
            left -= 1;
        }
    }

    let mut prompts: Vec<usize> = (0..pending.len())
        .filter(|&slot| pending[slot] > 1)
        .collect();
    prompts.sort_by_key(|&slot| pending[slot]);
    let share = left / 2 / prompts.len().max(1);
    for &slot in &prompts {
        take[slot] = pending[slot].min(share);
        left -= take[slot];
    }
    for &slot in &prompts {
        let more = (pending[slot] - take[slot]).min(left);
        take[slot] += more;
        left -= more;
    }
    take
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn running_answers_go_first() {
        assert_eq!(plan(&[1, 500, 1, 1], 8), [1, 5, 1, 1]);
    }

    #[test]
    fn a_short_prompt_overtakes_a_long_one() {
        assert_eq!(plan(&[2000, 100], 256), [156, 100]);
    }

    #[test]
    fn a_long_prompt_gets_its_share_beside_many_shorter_ones() {
        let take = plan(&[2000, 300, 300, 300], 256);
        assert_eq!(take[0], 32);
    }

    #[test]
    fn equal_prompts_end_one_after_another() {
        assert_eq!(plan(&[200, 200], 256), [192, 64]);
    }

    #[test]
    fn free_slots_get_nothing() {
        assert_eq!(plan(&[0, 0], 256), [0, 0]);
        assert_eq!(plan(&[], 256), [0_usize; 0]);
    }

    proptest! {
        #[test]
        fn never_more_than_the_budget_nor_than_is_pending(
            pending in prop::collection::vec(0_usize..3000, 0..64),
            budget in 1_usize..512,
        ) {
            let take = plan(&pending, budget);
            let total: usize = take.iter().sum();
            let wanted: usize = pending.iter().sum();
            prop_assert_eq!(total, wanted.min(budget));
            prop_assert!(take.iter().zip(&pending).all(|(take, pending)| take <= pending));
        }
    }
}
