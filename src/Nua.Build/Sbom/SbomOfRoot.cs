using System.Text;
using Nua.Rootfs;
using Nua.Rootfs.Trees;

namespace Nua.Build.Sbom;

/// <summary>The components of an operating system root, kept as a CycloneDX document: found once for each root.</summary>
internal static class SbomOfRoot
{
    public static string Read(Workshop workshop, string stack, FileTree tree) => Read(new StackTree(workshop, stack, tree));

    public static string Read(IFileTree tree)
    {
        var facts = new ImageFacts { AppId = "root", AppVersion = "0", LayerOf = static _ => "packages" };
        var inventory = ComponentFinder.Find(tree, facts);
        return Encoding.UTF8.GetString(CycloneDxWriter.Write(inventory, 0, "1"));
    }

    public static IReadOnlyList<Component> Parts(string document) =>
        document.Length == 0 ? [] : CycloneDxReader.Read(Encoding.UTF8.GetBytes(document)).Parts;
}
