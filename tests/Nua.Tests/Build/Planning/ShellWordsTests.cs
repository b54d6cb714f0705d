using Nua.Build.Planning;
using Xunit;

namespace Nua.Tests.Build.Planning;

public sealed class ShellWordsTests
{
    [Theory]
    [InlineData("node server.js", "node|server.js")]
    [InlineData("  node   server.js  ", "node|server.js")]
    [InlineData("node 'a b' \"c d\"", "node|a b|c d")]
    [InlineData("node a\\ b", "node|a b")]
    [InlineData("node \"a\\\"b\" 'c\"d'", "node|a\"b|c\"d")]
    [InlineData("node x'y'z", "node|xyz")]
    [InlineData("node ''", "node|")]
    [InlineData("gunicorn -b 0.0.0.0:$PORT app:app", "gunicorn|-b|0.0.0.0:$PORT|app:app")]
    [InlineData("gunicorn -b 0.0.0.0:${PORT} app:app", "gunicorn|-b|0.0.0.0:${PORT}|app:app")]
    [InlineData("app \"$DATA/x\"", "app|$DATA/x")]
    [InlineData("exec node x", "node|x")]
    [InlineData("node a\\\n  b", "node|a|b")]
    [InlineData("gunicorn 'app:create_app()'", "gunicorn|app:create_app()")]
    [InlineData("node a#b", "node|a#b")]
    public void Plain_line_becomes_words(string line, string words) =>
        Assert.Equal(words.Split('|'), ShellWords.Parse(line)!.Argv);

    [Theory]
    [InlineData("a && b")]
    [InlineData("a || b")]
    [InlineData("a ; b")]
    [InlineData("a | b")]
    [InlineData("a > f")]
    [InlineData("a &")]
    [InlineData("a $(b)")]
    [InlineData("a `b`")]
    [InlineData("a *.js")]
    [InlineData("a {b,c}")]
    [InlineData("a ${B:-c}")]
    [InlineData("a $OPTIONS")]
    [InlineData("a '$LITERAL'")]
    [InlineData("a \"\\$LITERAL\"")]
    [InlineData("a ~/x")]
    [InlineData("a # comment")]
    [InlineData("a\nb")]
    [InlineData("a 'open")]
    [InlineData("a \"open")]
    [InlineData("a \\")]
    [InlineData("cd x")]
    [InlineData("export A=1")]
    [InlineData("if x")]
    [InlineData("A=1")]
    [InlineData("")]
    [InlineData("(a)")]
    [InlineData("exec -a x y")]
    public void Line_that_needs_a_shell_is_left_to_it(string line) => Assert.Null(ShellWords.Parse(line));

    [Fact]
    public void Leading_assignments_are_variables()
    {
        var words = ShellWords.Parse("A=1 B='x y' node C=2")!;
        Assert.Equal([("A", "1"), ("B", "x y")], words.Assignments);
        Assert.Equal(["node", "C=2"], words.Argv);
    }

    [Fact]
    public void Quoted_name_is_no_assignment() => Assert.Equal(["A=1", "x"], ShellWords.Parse("'A=1' x")!.Argv);

    [Theory]
    [InlineData("a b")]
    [InlineData("a\"b")]
    [InlineData("")]
    [InlineData("a\\b")]
    [InlineData("app:create_app()")]
    [InlineData("0.0.0.0:$PORT")]
    public void Quoted_word_is_read_back(string word) => Assert
        .Equal(["x", word], ShellWords.Parse("x " + ShellWords.Quote(word))!.Argv);

    [Fact]
    public void And_lists_split_outside_quotes() =>
        Assert.Equal(["a 'b && c'", "d", "e"], ShellWords.SplitAnd("a 'b && c' && d&&e"));
}
