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

    /// <summary>Any place that an image can be at.</summary>
    /// <exception cref="ProblemException">it is not well formed; exit code 2.</exception>
    public static ImageLocation Parse(string text) => ImageLocation.Parse(text);

    /// <summary>A place in a registry, with or without <c>docker://</c>.</summary>
    /// <exception cref="ProblemException">it is something else; exit code 2.</exception>
    public static ImageReference Reference(string text) => ImageLocation.Parse(text) is ImageLocation.Registry registry
        ? registry.Reference
        : throw new ProblemException(new Problem("NUA9004", $"'{Printable.Escape(text, 200)}' is not a place in a registry")
        {
            Why = "its first part is not a host: a name with a dot or a port, 'localhost', or an address",
            Remedy = "write HOST/NAME:TAG, for example registry.example/team/notes:1.0",
        })
        { ExitCode = ExitStatus.Usage };

    /// <summary>What an image from a registry is called in the store: <c>HOST/NAME:TAG</c>, or its digest.</summary>
    public static string NameInStore(ImageReference reference) =>
        reference is { Tag: null, Digest: { } digest } ? digest.ToString() : $"{reference.Host}/{reference.Repository}:{reference.Tag ?? "latest"}";

    /// <summary>Opens an image wherever it is, to look at it.</summary>
    public static Task<ImageSource> OpenAsync(string text, Session session) =>
        new ImagePlaces(session, isPlain: false).OpenAsync(text, Platform.LinuxAmd64);

    /// <summary>A name that a stored image can have: <c>NAME:TAG</c>, <c>latest</c> when the tag is left out.</summary>
    public static string StoreName(string text) => ImageLocation.StoreName.IsValid(text)
        ? ImageLocation.StoreName.WithTag(text)
        : throw new ProblemException(new Problem("NUA9005", $"'{Printable.Escape(text, 120)}' cannot be the name of an image in the store")
        {
            Why = "a name is lower-case letters and digits, with single '.', '_', '-' or '/' between them; a tag may have capitals too",
            Remedy = "write NAME:TAG, for example notes:1.0",
        })
        { ExitCode = ExitStatus.Usage };
}
