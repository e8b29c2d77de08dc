# Pages follow.
app_name = "reports"
urlpatterns: list = []
