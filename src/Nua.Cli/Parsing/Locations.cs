using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Storage;

namespace Nua.Cli.Parsing;

/// <summary>From the words on the command line to the store and to places of images.</summary>
public static class Locations
{
    /// <summary><c>NUA_HOME</c>, else the user's own store.</summary>
    public static string StoreHome() => ImageStore.DefaultHome(Environment.GetEnvironmentVariable, Libc.GetEuid() == 0);

    public static ImageStore OpenStore() => ImageStore.Open(StoreHome());

    /// <summary>A place on this machine.</summary>
    /// <exception cref="ProblemException">it is not well formed, or names a registry; exit code 2.</exception>
    public static ImageLocation Parse(string text) => ImageLocation.Parse(text) switch
    {
        ImageLocation.Registry registry => throw new ProblemException(
            new Problem("NUA9004", $"this version of nua does not speak to registries: '{Printable.Escape(registry.ToString(), 200)}'")
            {
                Remedy = "write an archive, 'nua save IMAGE oci-archive:FILE', and copy it with 'skopeo copy oci-archive:FILE docker://…'",
            })
        { ExitCode = ExitStatus.Usage },
        var local => local,
    };

    /// <summary>Opens an image wherever it is; the store is only touched when the text names something in it.</summary>
    public static ImageSource Open(string text)
    {
        var location = Parse(text);
        return ImageSource.Open(
            location, location is ImageLocation.StoreName or ImageLocation.StoreDigest ? OpenStore() : null);
    }

    /// <summary>A name that a stored image can have: <c>NAME:TAG</c>, <c>latest</c> when the tag is left out.</summary>
    public static string StoreName(string text) => ImageLocation.StoreName.IsValid(text)
        ? text.Contains(':', StringComparison.Ordinal) ? text : text + ":latest"
        : throw new ProblemException(new Problem("NUA9005", $"'{Printable.Escape(text, 120)}' cannot be the name of an image in the store")
        {
            Why = "a name is lower-case letters and digits, with single '.', '_', '-' or '/' between them; a tag may have capitals too",
            Remedy = "write NAME:TAG, for example notes:1.0",
        })
        { ExitCode = ExitStatus.Usage };
}
