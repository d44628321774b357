//! Formulas that went wrong the way people go wrong: a value left out, the larger taken for the sum, a period too many.

use super::dimension::Dimension;
use super::function::Function;
use super::node::Node;
use super::parser::Expression;
use super::words::Letter;

impl Expression {
    /// What is worked out by somebody who leaves a name out; none where it is not named, or nothing is left.
    pub fn without(&self, name: &str) -> Option<Self> {
        self.mentions(name).then(|| without(&self.root, name)).flatten().map(|root| self.with(root))
    }

    /// What is worked out by somebody who adds where the largest counts, or takes the largest where all add up.
    pub fn sums_and_maxima_swapped(&self) -> Vec<Self> {
        let swap = |node: &Node| match node {
            Node::Call(Function::Max, arguments, column) if arguments.len() > 1 => {
                let add = |sum: Node, more: Node| Node::Operation('+', Box::new(sum), Box::new(more), *column);
                arguments.iter().cloned().reduce(add)
            }
            Node::Operation('+', left, right, column) if names_something(left) && names_something(right) => {
                Some(Node::Call(Function::Max, vec![(**left).clone(), (**right).clone()], *column))
            }
            _ => None,
        };
        self.each_replaced(&swap)
    }

    /// What is worked out by somebody who counts a period too many or too few: of `(1 + growth)^years`.
    pub fn periods_off(&self) -> Vec<Self> {
        [1.0, -1.0]
            .iter()
            .flat_map(|by| {
                self.each_replaced(&|node| match node {
                    Node::Operation('^', base, exponent, column) if grows(base) && names_something(exponent) => {
                        let one = Box::new(Node::Number(*by, Letter::Other));
                        let off = Node::Operation('+', exponent.clone(), one, *column);
                        Some(Node::Operation('^', base.clone(), Box::new(off), *column))
                    }
                    _ => None,
                })
            })
            .collect()
    }

    /// What is worked out by somebody who takes another unit of time than a day, a month, a year that stands here.
    pub fn other_periods(&self) -> Vec<Self> {
        const PERIODS: [f64; 7] = [1.0, 60.0, 3600.0, 86_400.0, 604_800.0, 2_628_000.0, 31_536_000.0];
        let next = |by: isize| {
            move |node: &Node| match node {
                Node::Unit(unit, role) if unit.dimension == Dimension::TIME => {
                    let at = PERIODS.iter().position(|period| *period == unit.value)?;
                    let value = *PERIODS.get(at.checked_add_signed(by)?)?;
                    Some(Node::Unit(super::Quantity { value, ..*unit }, *role))
                }
                _ => None,
            }
        };
        [self.each_replaced(&next(1)), self.each_replaced(&next(-1))].concat()
    }

    /// One formula for each part that is replaced, alone.
    fn each_replaced(&self, replace: &dyn Fn(&Node) -> Option<Node>) -> Vec<Self> {
        let places = count(&self.root, &|node| replace(node).is_some());
        (0..places).map(|place| self.with(replaced(&self.root, replace, place, &mut 0))).collect()
    }

    fn with(&self, root: Node) -> Self {
        Self { root, ..self.clone() }
    }
}

/// `1 + growth`: what is raised to a number of periods.
fn grows(node: &Node) -> bool {
    matches!(node, Node::Operation('+', _, more, _) if names_something(more))
}

fn names_something(node: &Node) -> bool {
    node.any(&|node| matches!(node, Node::Name(..)))
}

fn children(node: &Node) -> Vec<&Node> {
    match node {
        Node::Number(..) | Node::Unit(..) | Node::Name(..) => Vec::new(),
        Node::Negative(inner) => vec![inner],
        Node::Operation(_, left, right, _) => vec![left, right],
        Node::Call(_, arguments, _) => arguments.iter().collect(),
    }
}

/// How many parts are so, the whole included.
fn count(node: &Node, is: &dyn Fn(&Node) -> bool) -> usize {
    usize::from(is(node)) + children(node).into_iter().map(|child| count(child, is)).sum::<usize>()
}

/// The node with the part that has this place, among those that can be, replaced.
fn replaced(node: &Node, replace: &dyn Fn(&Node) -> Option<Node>, place: usize, seen: &mut usize) -> Node {
    if let Some(other) = replace(node) {
        *seen += 1;
        if *seen == place + 1 {
            return other;
        }
    }
    let mut go = |node: &Node| replaced(node, replace, place, seen);
    match node {
        Node::Negative(inner) => Node::Negative(Box::new(go(inner))),
        Node::Operation(sign, left, right, column) => {
            let (left, right) = (go(left), go(right));
            Node::Operation(*sign, Box::new(left), Box::new(right), *column)
        }
        Node::Call(function, arguments, column) => Node::Call(*function, arguments.iter().map(go).collect(), *column),
        other => other.clone(),
    }
}

/// The node without a name: without a factor of a product, a term of a sum. None where nothing is left.
fn without(node: &Node, name: &str) -> Option<Node> {
    let go = |node: &Node| without(node, name);
    match node {
        Node::Name(found, _) if found == name => None,
        Node::Number(..) | Node::Unit(..) | Node::Name(..) => Some(node.clone()),
        Node::Negative(inner) => go(inner).map(|inner| Node::Negative(Box::new(inner))),
        Node::Operation(sign, left, right, column) => match (sign, go(left), go(right)) {
            (sign, Some(left), Some(right)) => Some(Node::Operation(*sign, Box::new(left), Box::new(right), *column)),
            (_, None, None) | ('^', None, _) => None,
            (_, Some(left), None) => Some(left),
            ('-', None, Some(right)) => Some(Node::Negative(Box::new(right))),
            ('/', None, Some(right)) => {
                let one = Box::new(Node::Number(1.0, Letter::Other));
                Some(Node::Operation('/', one, Box::new(right), *column))
            }
            (_, None, right) => right,
        },
        Node::Call(function, arguments, column) => {
            let left: Vec<Node> = arguments.iter().filter_map(go).collect();
            (!left.is_empty()).then_some(Node::Call(*function, left, *column))
        }
    }
}
