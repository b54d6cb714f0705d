using Nua.Check.Comparing;
using Nua.Oci;
using Xunit;

namespace Nua.Tests.Check;

public sealed class ImageDiffTests
{
    private static ImageDifference Compare(Action<GoodImage> change)
    {
        var after = new GoodImage();
        change(after);
        return ImageDiff.Compare(Load(new GoodImage()), Load(after));
    }

    private static Image Load(GoodImage image)
    {
        var (blobs, manifest) = image.Make();
        return Image.Load(blobs, manifest);
    }

    [Fact]
    public void Same_image_has_no_difference()
    {
        var difference = Compare(_ => { });

        Assert.True(difference.IsSameContent);
        Assert.Contains("the same image", DifferenceText.Write(difference), StringComparison.Ordinal);
    }

    [Fact]
    public void Packages_are_compared_by_the_sbom()
    {
        var difference = Compare(image => image.Sbom["components"]![1]!["purl"] = "pkg:npm/left-pad@1.4.0");

        Assert.Equal(new Change("npm/left-pad", "1.3.0", "1.4.0"), Assert.Single(difference.Packages));
    }

    [Fact]
    public void Files_are_compared_by_content_mode_and_owner()
    {
        var difference = Compare(image => image.Rewrite("nua/app/app.py", "print('good bye')\n")
            .Change("etc/group", entry => entry with { Mode = 0x180, Uid = 5 }).Remove("etc/ld.so.conf")
            .File(GoodImage.Base, "etc/motd", "hello"));

        var files = difference.Files.ToDictionary(file => file.Path, file => file.What);
        Assert.Equal("content", files["/nua/app/app.py"]);
        Assert.Equal("mode 0644 → 0600, owner 0:0 → 5:0", files["/etc/group"]);
        Assert.Equal("removed", files["/etc/ld.so.conf"]);
        Assert.Equal("added", files["/etc/motd"]);
        Assert.Equal("content", files["/nua/metadata/files.json"]);
    }

    [Fact]
    public void Configuration_is_compared_field_by_field()
    {
        var difference = Compare(image =>
        {
            BrokenConfigurations.Run(image)["Env"]![1] = "PORT=9000";
            BrokenConfigurations.Run(image)["User"] = "0";
            BrokenConfigurations.Run(image).Remove("StopSignal");
        });

        Assert.Equal(
            [new Change("Env.PORT", "8080", "9000"), new Change("StopSignal", "SIGTERM", null),
            new Change("User", "10001:0", "0")],
            difference.Configuration);
        var text = DifferenceText.Write(difference);
        Assert.Contains("  ~ Env.PORT 8080 → 9000\n", text, StringComparison.Ordinal);
        Assert.Contains("  - StopSignal SIGTERM\n", text, StringComparison.Ordinal);
        var json = ReportTests.Json(writer => DifferenceJson.Write(difference, writer));
        Assert.Equal(3, json.GetProperty("configuration").GetArrayLength());
    }
}
