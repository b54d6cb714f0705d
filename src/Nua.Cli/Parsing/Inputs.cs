using System.CommandLine;

namespace Nua.Cli.Parsing;

/// <summary>Arguments and options that several commands have, worded once.</summary>
public static class Inputs
{
    public const string ImageForms =
        "IMAGE is a name in the local store (nua-notes:1.0), a digest (sha256:…, or its first digits), oci:DIR[:TAG], oci-archive:FILE[:TAG]\n" +
        "or docker-archive:FILE[:TAG].";

    public static Argument<string> Image(string name = "IMAGE", string description = "The image") =>
        new(name) { Description = description };

    public static Argument<string> Folder() =>
        new("DIR") { Description = "The application's folder; the current one when left out", DefaultValueFactory = _ => "." };

    /// <summary>An option with a value that may be given once.</summary>
    public static Option<string?> Value(string name, string placeholder, string description, params string[] aliases) =>
        new(name, aliases) { HelpName = placeholder, Description = description, Arity = ArgumentArity.ExactlyOne };

    /// <summary>An option with a value that may be given any number of times.</summary>
    public static Option<string[]> Values(string name, string placeholder, string description, params string[] aliases) =>
        new(name, aliases)
        {
            HelpName = placeholder,
            Description = description + " (repeatable)",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };

    public static Option<bool> Flag(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, Arity = ArgumentArity.Zero };
}
