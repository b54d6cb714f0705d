using Nua.Foundation;

namespace Nua.Oci.Archives;

/// <summary>What can go wrong with layouts and archives outside the store.</summary>
internal static class ArchiveProblem
{
    public static ProblemException NotThere(string where) => new(
        new Problem("NUA3203", "there is no image at this place")
        {
            Where = Printable.Escape(where, 300),
            Remedy = "check the path; whatever follows the first ':' is taken for the tag",
        });

    public static ProblemException NotALayout(string where, string why) => new(
        new Problem("NUA3204", "this is not an OCI image layout") { Where = Printable.Escape(where, 300), Why = why });

    public static ProblemException NotADockerArchive(string where, string why) => new(
        new Problem("NUA3205", "this is not an archive of 'docker save'") { Where = Printable.Escape(where, 300), Why = why });

    public static ProblemException Choose(string where, string? tag, IEnumerable<string> names) => new(
        new Problem("NUA3206", tag is null
            ? "there is not exactly one image at this place"
            : $"'{Printable.Escape(tag, 120)}' does not name exactly one image at this place")
        {
            Where = Printable.Escape(where, 300),
            Why = "it has " + string.Join(", ", names.DefaultIfEmpty("none").Take(10).Select(name => Printable.Escape(name, 120))),
            Remedy = "name one of them: PATH:NAME",
        });

    public static ProblemException NotLocal(ImageLocation location, string verb) => new(
        new Problem("NUA3207", $"'{Printable.Escape(location.ToString()!, 200)}' cannot be {verb} here")
        {
            Why = "it is neither a file, a directory nor in the store",
            Remedy = "use the store, oci:DIR, oci-archive:FILE or docker-archive:FILE",
        });

    public static ProblemException CannotWrite(string where, IOException error) => new(
        new Problem("NUA3208", "the image cannot be written there")
        {
            Where = Printable.Escape(where, 300),
            Why = Printable.Escape(error.Message, 300),
        }, error);

    public static ProblemException NoStore() => new(
        new Problem("NUA3209", "there is no image store to look the name up in"));
}
