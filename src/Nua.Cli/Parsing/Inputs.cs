using System.CommandLine;
using Nua.Foundation;
using Nua.Oci;

namespace Nua.Cli.Parsing;

/// <summary>Arguments and options that several commands have, worded once.</summary>
public static class Inputs
{
    public const string ImageForms =
        "IMAGE is a name in the local store (nua-notes:1.0), a digest (sha256:…, or its first digits), oci:DIR[:TAG], oci-archive:FILE[:TAG],\n" +
        "docker-archive:FILE[:TAG], docker-daemon:NAME:TAG, or a reference to a registry (docker://HOST/NAME:TAG; without docker:// the store\n" +
        "is asked first).";

    public static Argument<string> Image(string name = "IMAGE", string description = "The image") =>
        new(name) { Description = description };

    public static Argument<string> Folder() =>
        new("DIR") { Description = "The application's folder; the current one when left out", DefaultValueFactory = _ => "." };

    public static Option<string?> Platform() =>
        Value("--platform", "OS/ARCH[/VARIANT]", "Only this platform of an index of several, as in linux/arm64");

    /// <summary>Null for null.</summary>
    /// <exception cref="ProblemException">NUA9018; exit status 2.</exception>
    public static Platform? ParsePlatform(string? text) => text?.Split('/') switch
    {
        null => null,
        [{ Length: > 0 } os, { Length: > 0 } architecture] => new Platform(os, architecture),
        [{ Length: > 0 } os, { Length: > 0 } architecture, { Length: > 0 } variant] => new Platform(os, architecture) { Variant = variant },
        _ => throw new ProblemException(new Problem("NUA9018", $"'{Printable.Escape(text, 80)}' is not a platform")
        {
            Remedy = "write OS/ARCH or OS/ARCH/VARIANT in Go's names, for example linux/amd64 or linux/arm/v7",
        })
        { ExitCode = ExitStatus.Usage },
    };

    public static Option<bool> WithoutAttachments() =>
        Flag("--without-attachments", "Leave behind the signatures, SBOMs and other statements that are kept beside the image");

    public static Option<bool> PlainHttp() =>
        Flag("--plain-http", "Speak plain HTTP to this registry: everybody on the way can read and change what passes");

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
