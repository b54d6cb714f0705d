using System.CommandLine;
using Nua.Cli;
using Nua.Cli.Output;
using Nua.Cli.Parsing;

namespace Nua.Tests.Cli;

public sealed class CommandLineTests
{
    [Fact]
    public void Every_command_has_an_example_that_it_understands()
    {
        Assert.All(Commands(NuaCommandLine.Create()).Where(command => command.Run is not null), command =>
        {
            Assert.NotEmpty(command.Examples);
            Assert.All(command.Examples, example =>
            {
                Assert.StartsWith(command.FullName, example.Line, StringComparison.Ordinal);
                var words = example.Line.Split('|')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
                var parsed = NuaCommandLine.Parse(words);
                Assert.Empty(parsed.Errors);
                Assert.Equal(command.FullName, ((NuaCommand)parsed.CommandResult.Command).FullName);
            });
        });
    }

    [Fact]
    public void Every_command_option_and_argument_says_what_it_is()
    {
        Assert.All(Commands(NuaCommandLine.Create()), command =>
        {
            Assert.False(string.IsNullOrWhiteSpace(command.Description), command.FullName);
            Assert.All(command.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), option.Name));
            Assert.All(command.Arguments, argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), argument.Name));
        });
    }

    [Fact]
    public void Help_of_every_command_fits_a_page()
    {
        Assert.All(Commands(NuaCommandLine.Create()), command =>
            Assert.All(HelpPage.Of(command).Split('\n'), line => Assert.InRange(line.Length, 0, 150)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--help")]
    [InlineData("tag --help")]
    public async Task Help_is_a_result_only_when_asked_for(string line)
    {
        var (status, output, error) = await RunAsync(line);
        Assert.Equal(line.Length == 0 ? 2 : 0, status);
        Assert.Contains("Usage", line.Length == 0 ? error : output, StringComparison.Ordinal);
        Assert.Empty(line.Length == 0 ? output : error);
    }

    [Theory]
    [InlineData("nosuch", "Unrecognized command or argument 'nosuch'", "'nua --help' shows how it is used")]
    [InlineData("imags", "Unrecognized command or argument 'imags'", "did you mean 'images'? 'nua --help' lists what there is")]
    [InlineData("images --josn", "Unrecognized command or argument '--josn'", "did you mean '--json'? 'nua images --help' lists what there is")]
    [InlineData("tag one", "Required argument 'NAME[:TAG]' missing for command: 'tag'", "'nua tag --help' shows how it is used")]
    public async Task Wrong_usage_says_what_and_how(string line, string what, string fix)
    {
        var (status, output, error) = await RunAsync(line);
        Assert.Equal(2, status);
        Assert.Empty(output);
        Assert.Equal($"error NUA9002: {what}\n  fix: {fix}\n", error);
    }

    [Fact]
    public async Task Problem_is_a_json_object_on_one_line_with_json()
    {
        var (_, _, error) = await RunAsync("nosuch --json");
        Assert.Equal(
            """{"code":"NUA9002","severity":"error","what":"Unrecognized command or argument 'nosuch'","remedy":"'nua --help' shows how it is used"}""" + "\n",
            error);
    }

    internal static async Task<(int Status, string Out, string Error)> RunAsync(string line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var interruption = new Interruption();
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var status = await NuaProgram.RunAsync(words, new Screen(output, error), interruption);
        return (status, output.ToString(), error.ToString());
    }

    private static IEnumerable<NuaCommand> Commands(NuaCommand command) =>
        command.Subcommands.OfType<NuaCommand>().SelectMany(Commands).Prepend(command);
}
