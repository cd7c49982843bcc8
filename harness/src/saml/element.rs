//! XML elements that write themselves in canonical form (Canonical XML 1.0 section 1.1), and are read from it again.

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name, with the prefix.
    pub name: String,
    /// Its attributes, namespace declarations first.
    pub attributes: Vec<(String, String)>,
    /// What is in it.
    pub children: Vec<Node>,
}

/// What is in an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// An element.
    Element(Element),
    /// XML as it is.
    Raw(String),
    /// Text.
    Text(String),
}

impl Element {
    /// An element with nothing in it.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// The same with an attribute.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set_attribute(name, value.into());
        self
    }

    /// The same with one more element in it.
    #[must_use]
    pub fn holding(mut self, child: Self) -> Self {
        self.children.push(Node::Element(child));
        self
    }

    /// The same with a text in it.
    #[must_use]
    pub fn saying(mut self, text: impl Into<String>) -> Self {
        self.children.push(Node::Text(text.into()));
        self
    }

    /// Its name without the prefix.
    #[must_use]
    pub fn local_name(&self) -> &str {
        self.name.rsplit(':').next().unwrap_or_default()
    }

    /// An attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let mut all = self.attributes.iter();
        let found = all.find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Gives an attribute a value. Attributes stay in canonical order: declarations, then by name.
    pub fn set_attribute(&mut self, name: &str, value: String) {
        self.attributes.retain(|(own, _)| own != name);
        self.attributes.push((name.to_owned(), value));
        self.attributes
            .sort_by_key(|(name, _)| (!name.starts_with("xmlns"), name.clone()));
    }

    /// The first element with this local name: itself, or one in it.
    pub fn find_mut(&mut self, local_name: &str) -> Option<&mut Self> {
        if self.local_name() == local_name {
            return Some(self);
        }
        self.children.iter_mut().find_map(|child| match child {
            Node::Element(element) => element.find_mut(local_name),
            Node::Raw(_) | Node::Text(_) => None,
        })
    }

    /// Puts another node in the place of the first element in it with this local name, or none; the element, if it was there.
    pub fn replace(&mut self, local_name: &str, by: Option<Node>) -> Option<Self> {
        let at = self
            .children
            .iter()
            .position(|child| matches!(child, Node::Element(it) if it.local_name() == local_name));
        let Some(at) = at else {
            return self.children.iter_mut().find_map(|child| match child {
                Node::Element(element) => element.replace(local_name, by.clone()),
                Node::Raw(_) | Node::Text(_) => None,
            });
        };
        match self.children.splice(at..=at, by).next() {
            Some(Node::Element(element)) => Some(element),
            Some(Node::Raw(_) | Node::Text(_)) | None => None,
        }
    }

    /// Puts XML behind the first child with this local name, or in front of all others where there is none.
    pub fn insert_behind(&mut self, local_name: &str, xml: String) {
        let at = self
            .children
            .iter()
            .position(|child| matches!(child, Node::Element(it) if it.local_name() == local_name));
        self.children
            .insert(at.map_or(0, |at| at + 1), Node::Raw(xml));
    }

    /// Its canonical form; what is [`Node::Raw`] stays as it is.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let mut out = format!("<{}", self.name);
        for (name, value) in &self.attributes {
            out += &format!(" {name}=\"{}\"", escaped_attribute(value));
        }
        out.push('>');
        for child in &self.children {
            match child {
                Node::Element(element) => out += &element.to_xml(),
                Node::Raw(xml) => out += xml,
                Node::Text(text) => out += &escaped_text(text),
            }
        }
        out + &format!("</{}>", self.name)
    }

    /// Reads the canonical form of an element; none if it is anything else.
    #[must_use]
    pub fn parse(xml: &str) -> Option<Self> {
        let (element, rest) = parse_element(xml)?;
        rest.is_empty().then_some(element)
    }
}

fn parse_element(xml: &str) -> Option<(Element, &str)> {
    let (tag, mut rest) = xml.strip_prefix('<')?.split_once('>')?;
    let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
    if name.is_empty() || name.starts_with(['/', '!', '?']) {
        return None;
    }
    let mut element = Element::new(name);
    while let Some((attribute, behind)) = attributes.split_once("=\"") {
        let (value, behind) = behind.split_once('"')?;
        let name = attribute.trim_start().to_owned();
        element.attributes.push((name, unescaped(value)));
        attributes = behind;
    }
    let end = format!("</{name}>");
    loop {
        if let Some(behind) = rest.strip_prefix(&end) {
            return Some((element, behind));
        }
        if rest.starts_with('<') {
            let (child, behind) = parse_element(rest)?;
            element.children.push(Node::Element(child));
            rest = behind;
        } else {
            let at = rest.find('<')?;
            let (text, behind) = rest.split_at_checked(at)?;
            element.children.push(Node::Text(unescaped(text)));
            rest = behind;
        }
    }
}

fn escaped_text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\r', "&#xD;")
}

fn escaped_attribute(value: &str) -> String {
    value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
        .replace('\t', "&#x9;")
        .replace('\n', "&#xA;")
        .replace('\r', "&#xD;")
}

fn unescaped(text: &str) -> String {
    text.replace("&#xD;", "\r")
        .replace("&#xA;", "\n")
        .replace("&#x9;", "\t")
        .replace("&quot;", "\"")
        .replace("&gt;", ">")
        .replace("&lt;", "<")
        .replace("&amp;", "&")
}

/// The canonical form of XML that is canonical but for comments, which are lost, and CDATA sections, which become text.
#[must_use]
pub fn canonical(xml: &str) -> String {
    let mut out = String::new();
    let mut rest = xml;
    while let Some((before, from)) = rest.split_once("<!") {
        out += before;
        rest = if let Some(comment) = from.strip_prefix("--") {
            comment.split_once("-->").map_or("", |(_, behind)| behind)
        } else if let Some(section) = from.strip_prefix("[CDATA[") {
            let (text, behind) = section.split_once("]]>").unwrap_or((section, ""));
            out += &escaped_text(text);
            behind
        } else {
            out += "<!";
            from
        };
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Element {
        Element::new("a:Outer")
            .with("ID", "1")
            .with("xmlns:a", "urn:a")
            .with("Attr", "x\"<&\n")
            .holding(Element::new("a:Inner").saying("1 < 2 & 3 > 2"))
            .holding(Element::new("a:Empty"))
    }

    #[test]
    fn elements_are_written_in_canonical_form_and_read_again() {
        let xml = sample().to_xml();
        assert_eq!(
            xml,
            "<a:Outer xmlns:a=\"urn:a\" Attr=\"x&quot;&lt;&amp;&#xA;\" ID=\"1\"><a:Inner>1 &lt; 2 &amp; 3 &gt; 2</a:Inner>\
             <a:Empty></a:Empty></a:Outer>"
        );
        assert_eq!(Element::parse(&xml), Some(sample()));
        for broken in ["", "text", "<a>", "<a></b>", "<a></a><b></b>", "<!-- a -->"] {
            assert_eq!(Element::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn elements_are_found_and_replaced_by_their_local_name() {
        let mut outer = sample();
        assert_eq!(outer.find_mut("Inner").unwrap().name, "a:Inner");
        assert!(outer.find_mut("Outer").is_some() && outer.find_mut("Other").is_none());
        assert!(outer.replace("Inner", None).is_some());
        assert!(outer.replace("Inner", None).is_none());
        outer.insert_behind("Empty", "<b></b>".to_owned());
        assert!(
            outer
                .to_xml()
                .ends_with("<a:Empty></a:Empty><b></b></a:Outer>")
        );
    }

    #[test]
    fn comments_are_lost_and_sections_become_text() {
        assert_eq!(canonical("a<!-- b -->c<!---->d"), "acd");
        assert_eq!(canonical("a<![CDATA[<b> & c]]>d"), "a&lt;b&gt; &amp; cd");
    }
}
