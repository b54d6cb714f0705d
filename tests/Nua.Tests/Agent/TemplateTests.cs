using Nua.Agent.Templates;

namespace Nua.Tests.Agent;

public sealed class TemplateTests
{
    private static readonly Dictionary<string, object?> _names = new(StringComparer.Ordinal)
    {
        ["a"] = 1L,
        ["b"] = 2.5,
        ["s"] = "hello World",
        ["empty"] = "",
        ["none_"] = null,
        ["yes"] = true,
        ["port"] = "8080",
        ["list"] = new List<object?> { 3L, 1L, 2L },
        ["map"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x"] = 1L, ["y"] = "z" },
        ["users"] = new List<object?> { User("bob", 5, true), User("al", 7, false), User("Cy", 6, true) },
    };

    [Theory]
    [InlineData("{{ 1 + 2 * 3 }}", "7")]
    [InlineData("{{ (1 + 2) * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 3 }}", "9 3 -4 2 3.5 8")]
    [InlineData("{{ 'a' ~ 1 ~ none ~ true }}", "a1NoneTrue")]
    [InlineData("{{ 'ab' * 3 }} {{ [1, 2] + [3] }}", "ababab [1, 2, 3]")]
    [InlineData("{{ list[0] }}{{ list[-1] }} {{ s[1:4] }} {{ s[-3:] }} {{ list[:2] }}", "32 ell rld [3, 1]")]
    [InlineData("{{ map.x }} {{ map['y'] }} {{ map.get('q', 'd') }} {{ users[0].name }}", "1 z d bob")]
    [InlineData("{{ s | upper }} {{ s | title }} {{ s | capitalize }} {{ s | replace('l', 'L', 1) }}", "HELLO WORLD Hello World Hello world heLlo World")]
    [InlineData("{{ list | sort | join(',') }} {{ list | length }} {{ list | first }} {{ list | last }} {{ list | max }}", "1,2,3 3 3 2 3")]
    [InlineData("{{ users | selectattr('admin') | map(attribute='name') | join('+') }}", "bob+Cy")]
    [InlineData("{{ users | sort(attribute='age') | map(attribute='name') | join(' ') }}", "bob Cy al")]
    [InlineData("{{ missing | default('x') }}{{ missing.deep | d('y') }}{{ empty | default('z', true) }}", "xyz")]
    [InlineData("{{ missing is defined }} {{ a is defined }} {{ none_ is none }} {{ 9 is divisibleby 3 }}", "False True True True")]
    [InlineData("{{ 1 < 2 < 3 }} {{ 'ell' in s }} {{ 5 not in list }} {{ not a or yes }}", "True True True True")]
    [InlineData("{{ 'on' if a == 1.0 else 'off' }}", "on")]
    [InlineData("{{ port | int + 1 }} {{ 'x' | int(5) }} {{ '1.5' | float }} {{ 'yes' | bool }}", "8081 5 1.5 True")]
    [InlineData("{{ map | tojson }} {{ 'a<b\\n' | tojson }}", "{\"x\": 1, \"y\": \"z\"} \"a\\u003cb\\n\"")]
    [InlineData("{{ '<b>' | e }} {{ \"it's\" | quote }} {{ 'a b/c' | urlencode }}", "&lt;b&gt; 'it'\\''s' a%20b/c")]
    [InlineData("{{ 'one\ntwo' | indent(2) }}", "one\n  two")]
    [InlineData("{{ range(1, 7, 2) | list }} {{ '}}' }} {{ {'k': [1, none, true]} }}", "[1, 3, 5] }} {'k': [1, None, True]}")]
    [InlineData("{{ 1e20 }} {{ 1.0 }} {{ 0.1 + 0.2 }} {{ 2.675 | round(2) }}", "1e+20 1.0 0.30000000000000004 2.67")]
    [InlineData("{{ 'x' | b64encode }} {{ 'eA==' | b64decode }} {{ '/a/b.c' | basename }} {{ '/a/b.c' | dirname }}", "eA== x b.c /a")]
    public void Expression_gives_what_jinja2_gives(string template, string expected) =>
        Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{% if empty %}1{% elif a %}2{% else %}3{% endif %}", "2")]
    [InlineData("{% for x in list %}{{ loop.index }}{{ x }}{% if not loop.last %},{% endif %}{% endfor %}", "13,21,32")]
    [InlineData("{% for x in [] %}a{% else %}nothing{% endfor %}", "nothing")]
    [InlineData("{% for k, v in map | dictsort %}{{ k }}={{ v }};{% endfor %}", "x=1;y=z;")]
    [InlineData("{% for u in users if u.admin %}{{ loop.length }}{{ u.name }} {% endfor %}", "2bob 2Cy ")]
    [InlineData("{% set x, y = 1, 2 %}{{ x + y }}{% set z %}[{{ a }}]{% endset %}{{ z }}", "3[1]")]
    [InlineData("{% for i in list %}{% set x = i %}{% endfor %}{{ x is defined }}", "False")]
    [InlineData("{% set ns = namespace(n=0) %}{% for i in list %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}", "6")]
    [InlineData("{# hidden {{ a }} #}x{% raw %}{{ a }}{% endraw %}", "x{{ a }}")]
    [InlineData("  {%- if a -%}  x  {%- endif -%}  y", "xy")]
    [InlineData("a\n{%- if a %}\nb\n{%- endif %}\nc\n", "a\nb\nc\n")]
    [InlineData("{% filter upper %}abc{% endfilter %}{% with q = 2 %}{{ q }}{% endwith %}", "ABC2")]
    [InlineData("{% for i in list %}{% for j in list %}{{ loop.index }}{% endfor %}{{ loop.cycle('a', 'b') }}{% endfor %}", "123a123b123a")]
    public void Statement_gives_what_jinja2_gives(string template, string expected) =>
        Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("ab\n  {{ missing }}", 2, 6, "'missing' is not defined")]
    [InlineData("{{ missing.deep }}", 1, 11, "not defined")]
    [InlineData("{% if missing %}{% endif %}", 1, 7, "not defined")]
    [InlineData("{% if a %}x", 1, 4, "has no 'endif'")]
    [InlineData("{{ a", 1, 1, "has no end '}}'")]
    [InlineData("{# a", 1, 1, "has no end '#}'")]
    [InlineData("{% endif %}", 1, 4, "without its beginning")]
    [InlineData("{% include 'x' %}", 1, 4, "not part of the supported subset")]
    [InlineData("{% foo %}", 1, 4, "there is no tag 'foo'")]
    [InlineData("{{ a | nofilter }}", 1, 8, "there is no filter 'nofilter'")]
    [InlineData("{{ a is notest }}", 1, 6, "there is no test 'notest'")]
    [InlineData("{{ 1 / 0 }}", 1, 6, "division by zero")]
    [InlineData("{{ 'a' + 1 }}", 1, 8, "does not work")]
    [InlineData("{{ a() }}", 1, 5, "not a function")]
    [InlineData("{% for x in a %}{% endfor %}", 1, 13, "has no elements")]
    [InlineData("{{ 9223372036854775807 + 1 }}", 1, 24, "does not fit in 64 bits")]
    public void Wrong_template_is_refused_with_its_place(string template, int line, int column, string message)
    {
        var error = Assert.Throws<TemplateError>(() => Render(template));
        Assert.Equal(new Position(line, column), error.Position);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% for i in range(1000) %}{% for j in range(10000) %}{% endfor %}{% endfor %}", "steps")]
    [InlineData("{{ 'x' * 100000000 }}", "longer than")]
    [InlineData("{% for i in range(1000) %}{{ 'x' * 1000000 }}{% endfor %}", "longer than")]
    [InlineData("{{ range(100001) }}", "longer than")]
    [InlineData("{{ 2 ** 64 }}", "64 bits")]
    public void Greedy_template_is_stopped(string template, string message) =>
        Assert.Contains(message, Assert.Throws<TemplateError>(() => Render(template)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Deep_nesting_is_refused_and_not_a_crash()
    {
        Assert.Throws<TemplateError>(
            () => Render("{{ " + new string('(', 100_000) + "1" + new string(')', 100_000) + " }}"));
        Assert.Throws<TemplateError>(() => Render("{{ " + new string('-', 100_000) + "1 }}"));
        Assert.Throws<TemplateError>(() => Render("{{ 1" + string.Concat(Enumerable.Repeat("+1", 100_000)) + " }}"));
        Assert.Throws<TemplateError>(
            () => Render("{{ s" + string.Concat(Enumerable.Repeat("|upper", 100_000)) + " }}"));
        Assert.Throws<TemplateError>(() => Render(string.Concat(Enumerable.Repeat("{% if a %}", 10_000))));
    }

    [Theory]
    [InlineData("{\n    \"proxyURL\": \"https://{{DOMAIN}}\"\n}\n", "{\n    \"proxyURL\": \"https://example.org\"\n}\n")]
    [InlineData("$host {{ DOMAIN }};\n", "$host example.org;\n")]
    public void Template_as_real_configurations_have_it_keeps_everything_else(string template, string expected) =>
        Assert.Equal(expected,
            JinjaTemplate.Parse(template).Render(new Dictionary<string, object?> { ["DOMAIN"] = "example.org" }));

    [Theory]
    [InlineData("port ${port};", "port 8080;")]
    [InlineData("$host $uri $$ $${x} 5$", "$host $uri $ ${x} 5$")]
    [InlineData("${port}${port}", "80808080")]
    public void Dollar_template_replaces_names_in_braces_only(string template, string expected) =>
        Assert.Equal(expected, DollarTemplate.Render(template, _names));

    [Theory]
    [InlineData("a\nb ${missing}", 2, 3)]
    [InlineData("${", 1, 1)]
    [InlineData("${a-b}", 1, 1)]
    [InlineData("${port", 1, 1)]
    public void Dollar_template_refuses_what_it_cannot_replace(string template, int line, int column) =>
        Assert.Equal(new Position(line, column),
            Assert.Throws<TemplateError>(() => DollarTemplate.Render(template, _names)).Position);

    private static string Render(string template) => JinjaTemplate.Parse(template).Render(_names);

    private static Dictionary<string, object?> User(string name, long age, bool admin) =>
        new(StringComparer.Ordinal) { ["name"] = name, ["age"] = age, ["admin"] = admin };
}
